"""Agents as an admin keeps them: found, made, moved with a date, given a log-in, known by several numbers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Agent, TeamMembership
from accounts.roles import Role
from accounts.services import agents
from core.refusals import Refused
from tests.conftest import NOW
from tests.factories.accounts import (
    AgentFactory,
    AgentIdentityFactory,
    TeamFactory,
    TeamMembershipFactory,
    UserFactory,
    person,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(person(Role.ADMIN))
    return client


def names(client: Client, query: str) -> list[str]:
    page = client.get(f"/people/agents/?{query}").content.decode()
    return re.findall(r'href="/people/agents/\d+/" dir="auto">([^<]+)</a>', page)


def test_agents_are_found_by_words_number_team_and_kind(admin: Client) -> None:
    team = TeamFactory()
    TeamMembershipFactory(agent=AgentFactory(name="Ada", user=UserFactory()), team=team)
    AgentIdentityFactory(agent=AgentFactory(name="Helper", is_bot=True), external_id="bot-77")
    AgentFactory(name="Gone", deactivated_at=NOW)

    assert names(admin, "q=BOT-7") == ["Helper"]
    assert names(admin, f"team={team.pk}") == ["Ada"]
    assert names(admin, "is_bot=true") == ["Helper"]
    assert names(admin, "has_left=true") == ["Gone"]
    assert names(admin, "has_login=true") == ["Ada"]


def test_an_agent_is_made_with_number_and_team(admin: Client) -> None:
    team = TeamFactory()
    sent = {
        "name": "Leila", "source": "Zen Desk", "external_id": "a-7", "team": team.pk, "level": "senior",
        "hired_on": "2024-05-31", "time_zone": "Europe/Berlin", "languages": "en, de",
    }  # fmt: skip

    made = admin.post("/people/agents/new/", sent)
    twice = admin.post("/people/agents/new/", sent | {"name": "Somebody else"})

    agent = Agent.objects.get()
    assert (made.status_code, str(agent.identities.get()), agent.languages) == (302, "zen-desk:a-7", ["en", "de"])
    assert agent.memberships.get().team == team
    assert twice.status_code == 409
    assert "In zen-desk, a-7 is already the agent Leila." in twice.content.decode()


def test_a_move_is_dated_and_the_former_team_keeps_its_time(admin: Client) -> None:
    north, south = TeamFactory(), TeamFactory()
    agent = TeamMembershipFactory(team=north, starts_at=NOW - 30 * DAY).agent

    moved = admin.post(f"/people/agents/{agent.pk}/move/", {"team": south.pk, "since": "2026-02-20"})

    spans = [(one.team, one.starts_at.date(), one.ends_at and one.ends_at.date()) for one in agent.memberships.all()]
    assert moved.status_code == 302
    assert [(team, str(first), str(last)) for team, first, last in spans] == [
        (north, "2026-02-02", "2026-02-20"),
        (south, "2026-02-20", "None"),
    ]


@pytest.mark.parametrize(
    ("since", "status", "sentence"),
    [("2026-03-05", 422, "A move is entered on its day or later, not ahead of it."),
     ("2026-01-01", 422, "The last move of this agent was on 2026-02-02. Choose a later day."),
     ("0201-01-01", 422, "Choose a day between 1950 and 2100.")],
)  # fmt: skip
def test_a_move_that_the_record_contradicts_is_refused(admin: Client, since: str, status: int, sentence: str) -> None:
    agent = TeamMembershipFactory(starts_at=NOW - 30 * DAY).agent

    response = admin.post(f"/people/agents/{agent.pk}/move/", {"team": TeamFactory().pk, "since": since})

    assert response.status_code == status
    assert sentence in response.content.decode()
    assert TeamMembership.objects.filter(agent=agent).count() == 1


def test_a_log_in_belongs_to_one_agent_and_goes_when_it_is_taken_away(admin: Client) -> None:
    user, agent, other = (
        UserFactory(email="l@example.com", name="Leila"),
        AgentFactory(name="A"),
        AgentFactory(name="B"),
    )

    linked = admin.post(f"/people/agents/{agent.pk}/link/", {"email": "L@Example.com"})
    taken = admin.post(f"/people/agents/{other.pk}/link/", {"email": "l@example.com"})
    unknown = admin.post(f"/people/agents/{other.pk}/link/", {"email": "who@example.com"})

    agent.refresh_from_db()
    assert (linked.status_code, taken.status_code, unknown.status_code, agent.user) == (302, 409, 422, user)
    assert "Leila is already the agent A." in taken.content.decode()
    admin.post(f"/people/agents/{agent.pk}/unlink/")
    agent.refresh_from_db()
    assert agent.user is None


def test_a_bot_gets_no_log_in_and_a_log_in_no_bot() -> None:
    by, user = person(Role.ADMIN), UserFactory()
    bot, agent = AgentFactory(is_bot=True), AgentFactory(user=UserFactory())

    codes = []
    for work in (
        lambda: agents.link(bot, user, by=by, now=NOW),
        lambda: agents.edit(agent, is_bot=True, by=by, now=NOW),
        lambda: agents.link(agent, user, by=by, now=NOW),
    ):
        with pytest.raises(Refused) as caught:
            work()
        codes.append(caught.value.refusal.code)

    assert codes == ["bot_log_in", "bot_log_in", "other_log_in"]


def test_another_number_means_the_same_agent_from_then_on(admin: Client) -> None:
    agent = AgentIdentityFactory(source="desk", external_id="1").agent

    admin.post(f"/people/agents/{agent.pk}/identify/", {"source": "phone", "external_id": "x9"})
    taken = admin.post(f"/people/agents/{AgentFactory().pk}/identify/", {"source": "phone", "external_id": "x9"})

    assert [str(one) for one in agent.identities.all()] == ["desk:1", "phone:x9"]
    assert taken.status_code == 409


def test_the_later_of_two_edits_is_told(admin: Client) -> None:
    agent = AgentFactory(name="Old")
    sent = {"level": "lead", "time_zone": "UTC", "number": "0"}

    first = admin.post(f"/people/agents/{agent.pk}/edit/", sent | {"name": "First"})
    second = admin.post(f"/people/agents/{agent.pk}/edit/", sent | {"name": "Second"})

    agent.refresh_from_db()
    assert (first.status_code, second.status_code, agent.name, agent.level) == (302, 409, "First", "lead")


def test_an_agent_leaves_and_comes_back(admin: Client) -> None:
    agent = AgentFactory()

    admin.post(f"/people/agents/{agent.pk}/deactivate/")
    agent.refresh_from_db()
    left = agent.deactivated_at
    twice = admin.post(f"/people/agents/{agent.pk}/deactivate/")
    admin.post(f"/people/agents/{agent.pk}/reactivate/")
    agent.refresh_from_db()

    assert (left, twice.status_code, agent.deactivated_at) == (NOW, 409, None)
