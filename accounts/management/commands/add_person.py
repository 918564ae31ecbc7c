"""Make the first log-ins of an installation, or one more."""

from __future__ import annotations

import sys
from datetime import datetime
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Agent, Team, User
from accounts.roles import Role
from accounts.services import agents, grants, people, teams
from core.refusals import Refused


class Command(BaseCommand):
    """Make a person where there is none, and give them a role."""

    help = "Make a person with a log-in and give them a role; for somebody who has a log-in, add the role."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address, the role, and where it holds."""
        parser.add_argument("email", help="the person's e-mail address")
        parser.add_argument("--name", help="the person's name (needed for a new log-in)")
        parser.add_argument("--role", required=True, choices=Role.values, help="what they do")
        parser.add_argument("--team", help="the only team in which they do it, made if it is new (default: all teams)")
        parser.add_argument("--agent", metavar="SOURCE:ID", help="the agent of the help desk whose log-in this is")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for a password where one is needed, and make everything at once or nothing."""
        now, email = timezone.now(), options["email"].strip().lower()
        agent = _agent(options["agent"]) if options["agent"] else None
        user = User.objects.filter(email=email).first()
        password = None if user else _password(email, name=options["name"], from_input=options["password_stdin"])
        role = Role(options["role"])
        try:
            with transaction.atomic():
                user = user or people.create_user(email, name=options["name"], by=None, now=now, password=password)
                team = _team(options["team"], now=now) if options["team"] else None
                if not user.grants.active(now).filter(role=role, team=team).exists():
                    grants.grant(user, role, team=team, by=None, now=now)
                if agent is not None:
                    agents.link(agent, user, by=None, now=now)
        except Refused as refused:
            raise CommandError(str(refused.refusal)) from None
        self.stdout.write(f"{user.name} <{user.email}>: {role.label}, {team or 'everywhere'}.")


def _password(email: str, *, name: str | None, from_input: bool) -> str | None:
    """Read a password for a new log-in; without a person to ask there is none, and a reset link sets it."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise CommandError(f"{email} is not an e-mail address.") from error
    if not name:
        raise CommandError("A new log-in needs a name: --name “Ada Moor”.")
    if from_input:
        given = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        given = getpass("Password (empty: the person sets one by “Forgot your password?”): ")
    else:
        return None
    if not given and not from_input:
        return None
    try:
        validate_password(given, User(email=email, name=name))
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    return given


def _team(name: str, *, now: datetime) -> Team:
    """Find a team by its name or its short name, or make it."""
    found = Team.objects.filter(name__iexact=name).first() or Team.objects.filter(slug=slugify(name)).first()
    if found is None and not slugify(name):
        raise CommandError("A team's name needs a letter or a digit.")
    return found or teams.create_team(name, slug=slugify(name)[:60], by=None, now=now)


def _agent(text: str) -> Agent:
    """Find the agent whom a source calls by an id."""
    source, _colon, external_id = text.partition(":")
    found = Agent.objects.filter(identities__source=source, identities__external_id=external_id).first()
    if found is None:
        raise CommandError(f"No import brought an agent {text} yet: write SOURCE:ID as in the imported file.")
    return found
