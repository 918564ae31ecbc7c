"""Make users, teams, agents and their dated grants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import Agent, AgentIdentity, RoleGrant, Team, TeamMembership, User, Workspace
from accounts.roles import Role
from core.audit import record


@transaction.atomic
def create_user(
    email: str, *, name: str, by: User | None, now: datetime, password: str | None = None, encoded_password: str = ""
) -> User:
    """Make a person with a log-in; without a password they set one by reset link.

    `encoded_password` is a password that was hashed before: moving many people takes no second of hashing each.
    """
    user = User.objects.create_user(email, password, name=name, joined_at=now)
    if encoded_password:
        user.password = encoded_password
        user.save(update_fields=["password"])
    record("user.created", target=user, by=by, at=now)
    return user


@transaction.atomic
def grant(user: User, role: Role, *, by: User | None, now: datetime, team: Team | None = None) -> RoleGrant:
    """Give a person a role from now on, everywhere or in one team."""
    given = RoleGrant.objects.create(user=user, role=role, team=team, starts_at=now)
    record("role.granted", target=given, by=by, at=now)
    return given


@transaction.atomic
def create_team(name: str, *, slug: str, by: User | None, now: datetime, time_zone: str = "UTC") -> Team:
    """Make a team."""
    team = Team.objects.create(name=name, slug=slug, time_zone=time_zone, created_at=now)
    record("team.created", target=team, by=by, at=now)
    return team


@transaction.atomic
def create_agent(
    name: str,
    *,
    source: str,
    external_id: str,
    by: User | None,
    now: datetime,
    level: str = Agent.Level.EXPERIENCED,
    hired_on: date | None = None,
    languages: Sequence[str] = (),
    time_zone: str = "UTC",
    is_bot: bool = False,
    user: User | None = None,
) -> Agent:
    """Make an agent, known to one source by one id."""
    agent = Agent.objects.create(
        name=name,
        level=level,
        hired_on=hired_on,
        languages=list(languages),
        time_zone=time_zone,
        is_bot=is_bot,
        user=user,
        created_at=now,
    )
    AgentIdentity.objects.create(agent=agent, source=source, external_id=external_id)
    record("agent.created", target=agent, by=by, at=now)
    return agent


@transaction.atomic
def link(agent: Agent, user: User, *, by: User | None, now: datetime) -> Agent:
    """Give an agent, known from imports so far, the log-in of a person."""
    agent.user = user
    agent.save(update_fields=["user"])
    record("agent.linked", target=agent, by=by, at=now, fields=["user"])
    return agent


@transaction.atomic
def move(agent: Agent, team: Team | None, *, by: User | None, now: datetime) -> TeamMembership | None:
    """Put an agent into a team from now on; reviews keep the team of their time."""
    TeamMembership.objects.filter(agent=agent, ends_at=None, starts_at__gte=now).delete()
    TeamMembership.objects.filter(agent=agent, ends_at=None).update(ends_at=now)
    made = TeamMembership.objects.create(agent=agent, team=team, starts_at=now) if team else None
    record("agent.moved", target=agent, by=by, at=now, params={"team": team.slug if team else None})
    return made


@transaction.atomic
def change_workspace(*, by: User | None, now: datetime, **values: Any) -> Workspace:
    """Change settings of the installation."""
    workspace, _made = Workspace.objects.update_or_create(pk=1, defaults=values)
    record("workspace.changed", target=workspace, by=by, at=now, fields=sorted(values))
    return workspace
