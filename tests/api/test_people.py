"""Teams and agents: in reach, filtered, paged, and in a fixed number of queries."""

from __future__ import annotations

import base64

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Agent, Team
from accounts.roles import Role
from tests.api.asking import as_role, asking, get, results
from tests.factories.accounts import AgentFactory, TeamFactory, TeamMembershipFactory, UserFactory, person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def in_team(agent: Agent, team: Team) -> Agent:
    TeamMembershipFactory(agent=agent, team=team)
    return agent


def test_a_supervisor_lists_the_agents_of_the_own_team_only() -> None:
    team, other = TeamFactory(name="North"), TeamFactory()
    mine = in_team(AgentFactory(name="Ada"), team)
    in_team(AgentFactory(), other)

    rows = results(as_role(Role.SUPERVISOR, team=team), "agents/")

    assert [(row["id"], row["team"]) for row in rows] == [(mine.pk, {"id": team.pk, "name": "North"})]


def test_an_agent_of_another_team_does_not_exist_for_a_supervisor() -> None:
    theirs = in_team(AgentFactory(), TeamFactory())

    response = get(as_role(Role.SUPERVISOR, team=TeamFactory()), f"agents/{theirs.pk}/")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_a_specialist_lists_the_teams_granted() -> None:
    team = TeamFactory()
    TeamFactory()

    assert [row["id"] for row in results(as_role(Role.SPECIALIST, team=team), "teams/")] == [team.pk]


def test_agents_are_found_by_name_and_a_filter_without_sense_is_refused() -> None:
    ada = AgentFactory(name="Ada")
    AgentFactory(name="Bo")
    client = as_role(Role.MANAGER)

    refused = get(client, "agents/", level="wizard")

    assert [row["id"] for row in results(client, "agents/", q="ada")] == [ada.pk]
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (422, "level")


def test_pages_follow_each_other_without_gaps() -> None:
    made = [AgentFactory().pk for _ in range(5)]
    client = as_role(Role.MANAGER)

    first = get(client, "agents/", page_size=2).json()
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()

    found = [row["id"] for page in (first, second, third) for row in page["results"]]
    assert found == sorted(made, reverse=True)
    assert third["next"] is None


@pytest.mark.parametrize(
    "cursor", ["x", base64.b64encode(b"p=abc").decode(), base64.b64encode(b"o=-1&p=" + b"9" * 40).decode()]
)
def test_a_cursor_of_somebodys_own_making_is_no_error_of_ours(cursor: str) -> None:
    response = get(as_role(Role.MANAGER), "agents/", cursor=cursor)

    assert response.status_code in {200, 404}


@pytest.mark.parametrize("path", ["agents/", "teams/", "tokens/"])
def test_lists_ask_the_database_as_often_for_three_rows_as_for_one(
    path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = person(Role.MANAGER)
    client = asking(user)
    in_team(AgentFactory(), TeamFactory())
    get(client, path)
    with django_assert_num_queries(5 if path == "agents/" else 3, exact=False) as one:
        get(client, path)
    for _ in range(2):
        in_team(AgentFactory(user=UserFactory()), TeamFactory())
        asking(user)

    with django_assert_num_queries(len(one)):
        get(client, path)
