"""What a person may do, and where, follows from their dated grants and from nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.access import NOWHERE, Reach, may, reach, roles_of, why_not
from accounts.models import Agent, Team
from accounts.roles import ROLES, Permission, Role
from tests.factories.accounts import (
    AgentFactory,
    RoleGrantFactory,
    TeamFactory,
    TeamMembershipFactory,
    UserFactory,
    person,
)

pytestmark = pytest.mark.django_db


def test_a_grant_without_a_team_reaches_everywhere() -> None:
    user = person(Role.MANAGER)

    assert reach(user, Permission.READ_REVIEWS) == Reach(everywhere=True, team_ids=frozenset())


def test_a_grant_with_a_team_reaches_that_team_alone() -> None:
    team, other = TeamFactory(), TeamFactory()
    user = person(Role.SUPERVISOR, team=team)

    scope = reach(user, Permission.COACH)

    assert [scope.covers(team.pk), scope.covers(other.pk), scope.covers(None)] == [True, False, False]


def test_a_grant_that_has_ended_or_not_begun_gives_nothing() -> None:
    user, now = UserFactory(), timezone.now()
    RoleGrantFactory(user=user, role=Role.MANAGER, ends_at=now - timedelta(days=1))
    RoleGrantFactory(user=user, role=Role.ADMIN, starts_at=now + timedelta(days=1))

    assert (roles_of(user), reach(user, Permission.MANAGE_PEOPLE)) == (set(), NOWHERE)


def test_a_deactivated_person_may_nothing() -> None:
    user = person(Role.MANAGER)
    user.is_active = False

    assert may(user, Permission.READ_RUBRICS) is False


def test_the_refusal_says_whom_to_ask() -> None:
    refusal = why_not(person(Role.AGENT), Permission.SCORE)

    assert refusal is not None
    assert (refusal.status, refusal.sentence) == (
        403,
        "Your role does not include this. Ask an admin if you need it.",
    )


@pytest.mark.parametrize(
    ("role", "may_score", "may_coach", "reads_text", "manages_people"),
    [
        (Role.AGENT, False, False, False, False),
        (Role.SPECIALIST, True, False, True, False),
        (Role.SUPERVISOR, False, True, True, False),
        (Role.MANAGER, True, True, True, False),
        (Role.ADMIN, False, False, False, True),
    ],
)
def test_the_table_of_roles(
    role: Role, may_score: bool, may_coach: bool, reads_text: bool, manages_people: bool
) -> None:
    permissions = ROLES[role.value].permissions

    assert (
        Permission.SCORE in permissions,
        Permission.COACH in permissions,
        Permission.READ_CONVERSATIONS in permissions,
        Permission.MANAGE_PEOPLE in permissions,
    ) == (may_score, may_coach, reads_text, manages_people)


def test_a_supervisor_sees_the_agents_who_are_in_the_team_now() -> None:
    team = TeamFactory()
    inside, left, stranger = AgentFactory(name="In"), AgentFactory(name="Left"), AgentFactory(name="Other")
    TeamMembershipFactory(agent=inside, team=team)
    TeamMembershipFactory(agent=left, team=team, ends_at=timezone.now() - timedelta(days=1))
    TeamMembershipFactory(agent=stranger, team=TeamFactory())

    seen = Agent.objects.visible_to(person(Role.SUPERVISOR, team=team))

    assert list(seen) == [inside]


def test_an_agent_sees_their_own_record_alone() -> None:
    user = person(Role.AGENT)
    own = AgentFactory(user=user)
    AgentFactory()

    assert list(Agent.objects.visible_to(user)) == [own]


def test_a_person_sees_the_teams_of_their_grants() -> None:
    mine = TeamFactory()
    TeamFactory()

    assert list(Team.objects.visible_to(person(Role.SPECIALIST, team=mine))) == [mine]
