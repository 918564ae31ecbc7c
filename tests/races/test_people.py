"""Admins who act at the same moment: a role is given once, and somebody stays who can undo it."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.access import roles_of
from accounts.models import Agent, AgentIdentity, RoleGrant, Team, TeamMembership, User
from accounts.roles import Role
from accounts.services import agents, grants, people, teams
from core.refusals import Refused
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, TeamFactory, UserFactory, person
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def outcome(work: partial[object]) -> str:
    try:
        work()
    except Refused as refused:
        return refused.refusal.code
    return "done"


def test_of_four_who_give_the_same_role_one_does() -> None:
    admin, user = person(Role.ADMIN), UserFactory()

    given = at_once(
        *(partial(outcome, partial(grants.grant, user, Role.MANAGER, by=admin, now=NOW)) for _n in range(4))
    )

    assert sorted(given) == ["done", "overlapping_grant", "overlapping_grant", "overlapping_grant"]
    assert RoleGrant.objects.filter(user=user).count() == 1


def test_two_admins_who_end_each_others_role_leave_one() -> None:
    first, second = person(Role.ADMIN), person(Role.ADMIN)
    assert roles_of(first) == roles_of(second)  # both were let in before either acted

    ended = at_once(
        partial(outcome, partial(grants.end, second.grants.get(), by=first, now=NOW)),
        partial(outcome, partial(grants.end, first.grants.get(), by=second, now=NOW)),
    )

    assert sorted(ended) == ["done", "last_admin"]
    assert RoleGrant.objects.active(NOW).filter(role=Role.ADMIN).count() == 1


def test_two_admins_who_deactivate_each_other_leave_one() -> None:
    first, second = person(Role.ADMIN), person(Role.ADMIN)
    assert roles_of(first) == roles_of(second)  # both were let in before either acted

    closed = at_once(
        partial(outcome, partial(people.deactivate, User.objects.get(pk=second.pk), by=first, now=NOW)),
        partial(outcome, partial(people.deactivate, User.objects.get(pk=first.pk), by=second, now=NOW)),
    )

    assert sorted(closed) == ["done", "last_admin"]
    assert User.objects.filter(is_active=True).count() == 1


def test_of_two_teams_with_one_name_one_is_made() -> None:
    admin = person(Role.ADMIN)

    made = at_once(
        *(partial(outcome, partial(teams.create_team, name, by=admin, now=NOW)) for name in ("Retail", "Retail"))
    )

    assert sorted(made) == ["done", "name_taken"]
    assert list(Team.objects.values_list("name", "slug")) == [("Retail", "retail")]


def test_of_two_teams_that_are_given_one_name_one_gets_it() -> None:
    admin, first, second = person(Role.ADMIN), TeamFactory(name="One"), TeamFactory(name="Two")

    renamed = at_once(
        *(partial(outcome, partial(teams.edit, team, by=admin, now=NOW, name="Retail")) for team in (first, second))
    )

    assert sorted(renamed) == ["done", "name_taken"]
    assert Team.objects.filter(name="Retail").count() == 1


def test_of_two_agents_with_one_number_one_is_made_and_nothing_of_the_other() -> None:
    admin = person(Role.ADMIN)
    make = partial(agents.create_agent, source="zendesk", external_id="a-7", by=admin, now=NOW)

    made = at_once(*(partial(outcome, partial(make, name)) for name in ("Leila", "Omar")))

    assert sorted(made) == ["done", "identity_taken"]
    assert (Agent.objects.count(), AgentIdentity.objects.count()) == (1, 1)


def test_of_two_log_ins_for_one_agent_one_is_linked() -> None:
    admin, agent = person(Role.ADMIN), AgentFactory()

    linked = at_once(
        *(partial(outcome, partial(agents.link, agent, UserFactory(), by=admin, now=NOW)) for _n in range(2))
    )

    assert linked.count("done") == 1
    assert Agent.objects.exclude(user=None).count() == 1


def test_an_agent_who_is_moved_twice_at_once_is_in_one_team() -> None:
    admin, agent = person(Role.ADMIN), AgentFactory()
    north, south = TeamFactory(), TeamFactory()

    at_once(*(partial(outcome, partial(agents.move, agent, team, by=admin, now=NOW)) for team in (north, south)))

    assert TeamMembership.objects.filter(agent=agent, ends_at=None).count() == 1
