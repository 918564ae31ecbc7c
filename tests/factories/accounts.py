"""People and teams for tests."""

from __future__ import annotations

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from accounts.models import Agent, AgentIdentity, RoleGrant, Team, TeamMembership, User
from accounts.roles import Role

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
YEAR = datetime(2026, 1, 1, tzinfo=UTC)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    joined_at = LONG_AGO


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")
    slug = factory.Sequence(lambda n: f"team-{n}")
    created_at = LONG_AGO


class RoleGrantFactory(DjangoModelFactory):
    class Meta:
        model = RoleGrant

    user = factory.SubFactory(UserFactory)
    role = Role.SPECIALIST
    team = None
    starts_at = LONG_AGO


class AgentFactory(DjangoModelFactory):
    class Meta:
        model = Agent

    name = factory.Sequence(lambda n: f"Agent {n}")
    created_at = LONG_AGO


class AgentIdentityFactory(DjangoModelFactory):
    class Meta:
        model = AgentIdentity

    agent = factory.SubFactory(AgentFactory)
    source = "test"
    external_id = factory.Sequence(lambda n: f"agent-{n}")


class TeamMembershipFactory(DjangoModelFactory):
    class Meta:
        model = TeamMembership

    agent = factory.SubFactory(AgentFactory)
    team = factory.SubFactory(TeamFactory)
    starts_at = LONG_AGO


def person(role: Role, *, team: Team | None = None, **fields: object) -> User:
    """Make a user who holds one role, everywhere or in one team."""
    user: User = UserFactory(**fields)
    RoleGrantFactory(user=user, role=role, team=team)
    return user


def led_before(
    user: User, team: Team | None = None, *, since: datetime = LONG_AGO, until: datetime = YEAR
) -> RoleGrant:
    """Let a person have been the supervisor of a team, until the year began."""
    made: RoleGrant = RoleGrantFactory(
        user=user, role=Role.SUPERVISOR, team=team or TeamFactory(), starts_at=since, ends_at=until
    )
    return made
