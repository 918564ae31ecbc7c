"""Who wrote a message: one id per person in a conversation, however the file names them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from conversations.messages import Message
from conversations.records import Person, Record

_MACHINE_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{20,}|[0-9a-f]{16,}|\d{4,}", re.IGNORECASE)


def known_by_id(record: Record) -> list[Message]:
    """Return the messages with each author as the id that the record gives that person.

    Files write the id, the name, or nothing. Nothing means the record's agent or customer, but only where the record
    names nobody else of that role.
    """
    agent = _Namings(record.agent, "agent", record.messages)
    customer = _Namings(record.customer, "customer", record.messages)
    if not agent.others and not customer.others:
        return record.messages
    return [_renamed(message, agent if message.role == "agent" else customer) for message in record.messages]


def automatic_name(external_id: str) -> str:
    """Return what to call an agent whose name nobody gave."""
    return f"Agent {external_id[:8]}" if is_machine_id(external_id) else external_id[:200]


def is_machine_id(text: str) -> bool:
    """Say whether an id is a number or a code that tells people nothing."""
    return _MACHINE_ID.fullmatch(text) is not None


def writers(messages: Iterable[Message]) -> list[Person]:
    """Return the agents and bots who wrote, in order of appearance."""
    people: dict[str, Person] = {}
    for message in messages:
        if message.author and message.role in {"agent", "bot"} and message.author not in people:
            people[message.author] = Person(external_id=message.author, is_bot=message.role == "bot")
    return list(people.values())


class _Namings:
    """How messages name one person of the record in other ways than by id."""

    __slots__ = ("others", "person", "role")

    def __init__(self, person: Person | None, role: str, messages: list[Message]) -> None:
        self.person = person
        self.role = role
        self.others: set[str] = set()
        if person is None:
            return
        authors = {message.author for message in messages if message.role == role}
        if authors <= {person.external_id}:
            return
        if person.name and person.name != person.external_id:
            self.others = authors & {person.name}
        if authors <= {person.external_id, person.name, ""}:
            self.others = authors - {person.external_id}


def _renamed(message: Message, namings: _Namings) -> Message:
    if message.role != namings.role or message.author not in namings.others or namings.person is None:
        return message
    return msgspec.structs.replace(message, author=namings.person.external_id)
