"""Make a token for the API."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from accounts.scopes import Scope
from accounts.services import tokens
from core.refusals import Refused


class Command(BaseCommand):
    """Print a token once; only its fingerprint is kept."""

    help = "Make an API token for a person and print it. It is shown once and kept nowhere."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address, and what the token is for."""
        parser.add_argument("email", help="the person's e-mail address")
        parser.add_argument(
            "--scope",
            action="append",
            choices=[scope.value for scope in Scope],
            help="what it may be used for; several times if you like (default: read)",
        )
        parser.add_argument("--days", type=int, default=tokens.DEFAULT_DAYS, help="how long it holds (default: 90)")
        parser.add_argument("--name", default="Command line", help="what it is for, in your words")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the token."""
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"Nobody here has the address {options['email']}.")
        try:
            token, text = tokens.create(
                user,
                name=options["name"],
                scopes=options["scope"] or [Scope.READ],
                days=options["days"],
                by=None,
                now=timezone.now(),
            )
        except Refused as refused:
            raise CommandError(str(refused.refusal)) from refused
        self.stderr.write(f"For {user.email}: {', '.join(token.scopes)}; until {token.expires_at:%Y-%m-%d}.")
        self.stdout.write(text)
