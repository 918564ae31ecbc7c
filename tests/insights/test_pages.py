"""The homes: each role goes to its own, and a page costs the same for one row and for three."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Team
from accounts.roles import Role
from tests.factories.accounts import AgentFactory, TeamFactory, TeamMembershipFactory, UserFactory, person
from tests.factories.sampling import PlanFactory
from tests.insights.cells import reviewed

pytestmark = pytest.mark.django_db


def last_monday():  # type: ignore[no-untyped-def]
    now = timezone.now()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday() + 7)


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.AGENT, "/feedback/"),
        (Role.SPECIALIST, "/queue/"),
        (Role.SUPERVISOR, "/team/"),
        (Role.MANAGER, "/insights/"),
        (Role.ADMIN, "/people/"),
    ],
)
def test_each_role_goes_to_its_own_home(client: Client, role: Role, home: str) -> None:
    client.force_login(person(role))

    response = client.get("/")

    assert response["Location"] == home


def test_somebody_without_a_role_is_told_whom_to_ask(client: Client) -> None:
    client.force_login(UserFactory())

    page = client.get("/").content.decode()

    assert page.count("You have no role yet") >= 1


def member(team: Team, **fields: object):  # type: ignore[no-untyped-def]
    agent = AgentFactory(**fields)
    TeamMembershipFactory(agent=agent, team=team)
    return agent


def test_the_team_page_costs_the_same_for_one_and_for_three_people(client: Client) -> None:
    team, plan, reviewer = TeamFactory(), PlanFactory(), person(Role.SPECIALIST)
    client.force_login(person(Role.SUPERVISOR, team=team))
    reviewed(member(team), [70, 80, 90], plan=plan, monday=last_monday(), by=reviewer, team=team)
    queries(client, "/team/")
    one = queries(client, "/team/")
    for _place in range(2):
        reviewed(member(team), [70, 80, 90], plan=plan, monday=last_monday(), by=reviewer, team=team)

    assert queries(client, "/team/") == one


def test_a_supervisor_opens_the_page_of_an_agent_of_the_team_and_of_no_other(client: Client) -> None:
    team = TeamFactory()
    inside, outside = member(team, name="Leila"), member(TeamFactory(), name="Other")
    client.force_login(person(Role.SUPERVISOR, team=team))

    answers = [client.get(f"/team/agents/{agent.pk}/").status_code for agent in (inside, outside)]

    assert answers == [200, 404]


def test_the_programme_costs_the_same_for_one_and_for_three_teams(client: Client) -> None:
    plan, reviewer = PlanFactory(), person(Role.SPECIALIST)
    client.force_login(person(Role.MANAGER))
    reviewed(AgentFactory(), [70, 80, 90], plan=plan, monday=last_monday(), by=reviewer, team=TeamFactory())
    queries(client, "/insights/")
    one = queries(client, "/insights/")
    for _place in range(2):
        reviewed(AgentFactory(), [70, 80, 90], plan=plan, monday=last_monday(), by=reviewer, team=TeamFactory())

    assert queries(client, "/insights/") == one
