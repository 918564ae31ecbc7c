"""Which agent an imported author is."""

from __future__ import annotations

import pytest

from accounts.models import Agent, AgentIdentity
from conversations.models import Conversation
from core.models import AuditEvent
from tests.conversations.importing import import_records, message, record
from tests.factories.accounts import AgentFactory, AgentIdentityFactory

pytestmark = pytest.mark.django_db


def by(agent, *authors, external_id="zen-1"):
    said = [message("agent", author, f"Message {place}") for place, author in enumerate(authors)]
    return record(external_id, agent=agent, messages=said)


def writers(external_id="zen-1"):
    people = Conversation.objects.get(external_id=external_id).participants.filter(role="agent").order_by("pk")
    return [person.agent.name for person in people]


def test_an_agent_known_to_the_source_is_found_and_not_made_again(now):
    agent = AgentFactory(name="Leila Haddad")
    AgentIdentityFactory(agent=agent, source="help-desk", external_id="a-1")

    import_records(by({"external_id": "a-1", "name": "L. Haddad"}, "a-1"), now=now)

    assert (Agent.objects.get(), Conversation.objects.get().assignee) == (agent, agent)
    assert not AuditEvent.objects.filter(verb__startswith="agent.").exists()


def test_the_same_id_in_another_source_is_another_agent(now):
    AgentIdentityFactory(source="elsewhere", external_id="a-1")

    import_records(by({"external_id": "a-1"}, "a-1"), now=now)

    assert sorted(AgentIdentity.objects.values_list("source", "external_id")) == [
        ("elsewhere", "a-1"),
        ("help-desk", "a-1"),
    ]


def test_a_new_agent_is_recorded(now):
    import_records(by({"external_id": "a-1", "name": "Leila Haddad"}, "a-1"), now=now)

    event = AuditEvent.objects.get(verb="agent.created")
    assert (event.target, event.target_id) == ("Leila Haddad", str(Agent.objects.get().pk))


def test_an_author_named_as_in_another_record_of_the_file_is_that_agent(now):
    import_records(
        by({"external_id": "17", "name": "Leila Haddad"}, "17", external_id="one"),
        by({"external_id": "18", "name": "Tom Ford"}, "Tom Ford", "Leila Haddad", external_id="two"),
        now=now,
    )

    assert writers("two") == ["Tom Ford", "Leila Haddad"]
    assert Agent.objects.count() == 2


def test_an_author_named_as_one_known_agent_is_that_agent(now):
    import_records(by({"external_id": "17", "name": "Leila Haddad"}, "17", external_id="one"), now=now)

    import_records(by(None, "Leila Haddad", external_id="two"), now=now)

    assert writers("two") == ["Leila Haddad"]
    assert Agent.objects.count() == 1


def test_an_author_whose_name_two_agents_bear_is_somebody_else(now):
    import_records(
        by({"external_id": "17", "name": "Alex"}, "17", external_id="one"),
        by({"external_id": "18", "name": "Alex"}, "18", external_id="two"),
        now=now,
    )

    import_records(by(None, "Alex", external_id="three"), now=now)

    assert sorted(AgentIdentity.objects.values_list("external_id", "agent__name")) == [
        ("17", "Alex"),
        ("18", "Alex"),
        ("Alex", "Alex"),
    ]


def test_an_id_is_taken_for_an_id_before_it_is_taken_for_a_name(now):
    import_records(
        by({"external_id": "bob"}, "bob", external_id="one"),
        by({"external_id": "17", "name": "bob"}, "bob", "17", external_id="two"),
        now=now,
    )

    assert writers("two") == ["bob"]
    assert sorted(AgentIdentity.objects.values_list("external_id", "agent__name")) == [("17", "bob"), ("bob", "bob")]


def test_a_name_given_later_replaces_the_automatic_one_and_nothing_else_does(now):
    nameless = "ab9f01dc-2cad-988e-9e96-f7509ea2a536"
    import_records(by({"external_id": nameless}, nameless), now=now)

    import_records(by({"external_id": nameless, "name": "Leila Haddad"}, nameless), now=now)
    import_records(by({"external_id": nameless, "name": "Somebody Else"}, nameless), now=now)

    assert Agent.objects.get().name == "Leila Haddad"
    assert list(AuditEvent.objects.filter(verb="agent.changed").values_list("fields", flat=True)) == [["name"]]


def test_a_bot_is_marked_when_the_file_says_so(now):
    import_records(
        by({"external_id": "b-1", "name": "Helper", "bot": True}, "b-1"),
        now=now,
    )

    assert Agent.objects.get().is_bot
