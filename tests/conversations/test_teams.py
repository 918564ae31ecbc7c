"""The team of a conversation is the one its agent was in when it ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conversations.models import Conversation
from conversations.services import teams
from core.models import AuditEvent
from tests.conversations.importing import import_records, message, record
from tests.factories.accounts import AgentFactory, AgentIdentityFactory, TeamFactory, TeamMembershipFactory

pytestmark = pytest.mark.django_db

ENDED = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)  # as in importing.record()


@pytest.fixture
def agent():
    agent = AgentFactory(name="Leila Haddad")
    AgentIdentityFactory(agent=agent, source="help-desk", external_id="a-1")
    return agent


def team_of(external_id="zen-1"):
    return Conversation.objects.get(external_id=external_id).team


def member(agent, name, starts_at, ends_at=None):
    return TeamMembershipFactory(agent=agent, team=TeamFactory(name=name), starts_at=starts_at, ends_at=ends_at).team


def test_the_team_at_the_end_of_the_conversation_counts_and_not_the_one_of_today(agent, now):
    then = member(agent, "Retail", ENDED - timedelta(days=30), ENDED + timedelta(days=1))
    member(agent, "Finance", ENDED + timedelta(days=1))

    import_records(record(), now=now)

    assert team_of() == then


def test_where_memberships_do_not_reach_back_the_current_team_counts(agent, now):
    current = member(agent, "Finance", now - timedelta(days=1))

    import_records(record(), now=now)

    assert team_of() == current


def test_without_assignee_the_most_active_agent_decides(agent, now):
    team = member(agent, "Retail", ENDED - timedelta(days=30))

    import_records(record(agent=None, messages=[message("agent", "a-1", "Hi")]), now=now)

    assert team_of() == team


def test_an_agent_of_no_team_leaves_the_conversation_without(agent, now):
    import_records(record(), now=now)

    assert team_of() is None


def test_a_late_survey_answer_moves_nothing_to_another_team(agent, now):
    then = member(agent, "Retail", now - timedelta(days=1))
    import_records(record(), now=now)
    agent.memberships.update(ends_at=now)
    member(agent, "Finance", now)

    import_records(record(csat=5), now=now + timedelta(days=1))

    assert team_of() == then


def test_a_conversation_handed_to_another_agent_moves_to_that_agents_team(agent, now):
    member(agent, "Retail", now - timedelta(days=1))
    import_records(record(), now=now)
    other = AgentFactory()
    AgentIdentityFactory(agent=other, source="help-desk", external_id="a-2")
    team = member(other, "Finance", now - timedelta(days=1))

    import_records(record(agent={"external_id": "a-2"}), now=now)

    assert team_of() == team


def test_conversations_that_came_before_their_agent_had_a_team_get_it_later(agent, now):
    import_records(record("zen-1"), record("zen-2", agent={"external_id": "a-2"}), now=now)
    team = member(agent, "Retail", now)

    filled = teams.fill(by=None, now=now)
    again = teams.fill(by=None, now=now)

    assert (filled, again, team_of("zen-1"), team_of("zen-2")) == (1, 0, team, None)
    assert AuditEvent.objects.get(verb="conversations.given_teams").params == {"conversations": 1}
