"""One id per person in a conversation, however the file names them."""

from __future__ import annotations

import pytest

from conversations.cast import automatic_name, known_by_id, writers
from conversations.messages import Message
from conversations.records import Person, Record

LEILA = Person(external_id="a-1", name="Leila Haddad")
DANA = Person(external_id="c-9", name="Dana Whitfield")


def authors(*pairs, agent=LEILA, customer=DANA):
    messages = [Message(role=role, author=author) for role, author in pairs]
    record = Record(external_id="x", channel="chat", messages=messages, agent=agent, customer=customer)
    return [message.author for message in known_by_id(record)]


@pytest.mark.parametrize(
    ("pairs", "ids"),
    [
        ([("agent", "a-1"), ("customer", "c-9")], ["a-1", "c-9"]),
        ([("agent", "Leila Haddad"), ("customer", "Dana Whitfield")], ["a-1", "c-9"]),
        ([("agent", ""), ("customer", ""), ("agent", "a-1")], ["a-1", "c-9", "a-1"]),
        # Somebody else answered too: an author without a name may be either.
        ([("agent", ""), ("agent", "a-2"), ("agent", "Leila Haddad")], ["", "a-2", "a-1"]),
        # The same person may be an agent here and a customer there.
        ([("customer", "a-1"), ("agent", "c-9"), ("bot", ""), ("system", "")], ["a-1", "c-9", "", ""]),
    ],
)
def test_authors_become_the_ids_of_the_record(pairs, ids):
    assert authors(*pairs) == ids


def test_authors_stay_as_they_are_where_the_record_names_nobody():
    assert authors(("agent", ""), ("agent", "Leila Haddad"), agent=None) == ["", "Leila Haddad"]


def test_the_writers_are_agents_and_bots_in_order_of_appearance():
    messages = [Message(role="agent", author="a-2"), Message(role="bot", author="helper"), Message(role="agent"),
                Message(role="customer", author="c-9"), Message(role="agent", author="a-2")]  # fmt: skip

    assert writers(messages) == [Person(external_id="a-2"), Person(external_id="helper", is_bot=True)]


@pytest.mark.parametrize(
    ("external_id", "name"),
    [
        ("bob2", "bob2"),
        ("Leila Haddad", "Leila Haddad"),
        ("ab9f01dc-2cad-988e-9e96-f7509ea2a536", "Agent ab9f01dc"),
        ("991267645", "Agent 99126764"),
        ("17", "17"),
        ("x" * 250, "x" * 200),
    ],
)
def test_an_agent_without_a_name_is_called_by_a_readable_id(external_id, name):
    assert automatic_name(external_id) == name
