"""Check that the audit trail is as it was sealed."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core import audit_check


class Command(BaseCommand):
    """Recompute the chain of seals; end with an error that names the first event that differs."""

    help = "Recompute the seals over the audit trail and name the first event that differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--known",
            default="",
            metavar="DIGEST",
            help="a digest noted earlier, for example in the logs: it has to be in the chain",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit_check.check(now=timezone.now(), known=options["known"])
        if found.problem:
            raise CommandError(found.problem)
        if not found.holds_known:
            raise CommandError(f"No seal has the digest {options['known']}: the chain was made anew or cut off.")
        self.stdout.write(f"{found.events} events in {found.seals} seals are as they were sealed.")
        self.stdout.write(f"{found.waiting} newer events wait for their seal.")
        if found.digest:
            self.stdout.write(f"Last digest: {found.digest}")
