"""What the page of a table's columns shows: what each column is taken for, and the first conversations made of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from conversations.formats import checks
from conversations.formats.outcomes import Accepted, Rejected
from conversations.formats.table import fields, read, words
from conversations.formats.table.guess import Guess
from conversations.formats.table.records import Builder
from conversations.formats.table.rows import Row
from conversations.records import Record
from conversations.transcripts import MessageRow, view_messages

SHOWN_CONVERSATIONS = 3
SHOWN_MESSAGES = 6
# Role and author of `agent:4711` stand in one column.
BOTH = "role+author"
LABELS = {
    "external_id": lazy("Number of the conversation"),
    "channel": lazy("Channel"),
    "agent.external_id": lazy("Agent’s number"),
    "agent.name": lazy("Agent’s name"),
    "customer.external_id": lazy("Customer’s number"),
    "customer.name": lazy("Customer’s name"),
    "subject": lazy("Subject"),
    "language": lazy("Language"),
    "started_at": lazy("Began at"),
    "ended_at": lazy("Ended at"),
    "tags": lazy("Tags"),
    "csat": lazy("Satisfaction (CSAT)"),
    "message.id": lazy("Number of the message"),
    "role": lazy("Who wrote: customer or agent"),
    "author": lazy("Who wrote: name or number"),
    BOTH: lazy("Who wrote, as agent:4711"),
    "sent_at": lazy("Sent at"),
    "text": lazy("Text"),
    "html": lazy("Text with formatting (HTML)"),
    "kind": lazy("Message, note or event"),
    "internal": lazy("Is it an internal note?"),
    "public": lazy("Could the customer read it?"),
    "transcript": lazy("Whole transcript"),
}
MEANINGS = {
    "customer": lazy("customer"),
    "agent": lazy("agent"),
    "bot": lazy("bot"),
    "system": lazy("system"),
    "tool": lazy("tool"),
    "chat": lazy("chat"),
    "messaging": lazy("messaging"),
    "email": lazy("e-mail"),
    "ticket": lazy("ticket"),
    "voice": lazy("voice"),
    "message": lazy("message"),
    "note": lazy("internal note"),
    "event": lazy("event"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file and what it is taken for."""

    index: int
    name: str
    examples: list[str]
    field: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word in a column of roles, channels or kinds and what it stands for; nothing when nobody knows."""

    field: str
    label: str
    word: str
    meaning: str
    choices: list[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Example:
    """One of the first conversations as it would be taken in."""

    record: Record
    rows: list[MessageRow]
    more: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What comes of the first rows."""

    examples: list[Example]
    rejected: list[Rejected]
    conversations: int
    rows: int


def columns(found: Guess) -> list[Column]:
    """Return the columns in the file's order."""
    mapping = found.mapping
    fields_of: dict[str, list[str]] = {}
    for field, column in mapping.columns.items():
        fields_of.setdefault(column, []).append(field)
    taken = {name: BOTH if len(both) > 1 else both[0] for name, both in fields_of.items()}
    taken |= dict.fromkeys(mapping.metadata, fields.METADATA)
    return [
        Column(index, name, found.cells(name), taken.get(name, "")) for index, name in enumerate(mapping.layout.header)
    ]


def choices(per: str) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Return what a column may be, in groups for a select."""
    of_message = [name for name in fields.allowed(per) if name in fields.OF_MESSAGE or name == "transcript"]
    of_conversation = [name for name in fields.allowed(per) if name not in of_message]
    if per == "message":
        of_message.insert(of_message.index("author") + 1, BOTH)
    return [
        (_("What was said"), [(name, LABELS[name]) for name in of_message]),
        (_("The conversation"), [(name, LABELS[name]) for name in of_conversation]),
    ]


def word_list(found: Guess) -> list[Word]:
    """Return the words that need a meaning, those that nobody knows first."""
    listed = []
    for field, (_known, meanings) in words.KNOWN.items():
        told = found.mapping.words.get(field, {})  # type: ignore[call-overload]
        for word in found.words_of(field):
            meaning = words.meaning(field, word, {key: value for key, value in told.items() if key != "*"})
            offered = [(name, MEANINGS[name]) for name in meanings]
            listed.append(Word(field, str(LABELS[field]), word, meaning, offered))
    return sorted(listed, key=lambda word: bool(word.meaning))


def preview(found: Guess, *, now: datetime) -> Preview:
    """Return the first conversations as they would be taken in, and those that would be rejected."""
    builder = Builder(found.mapping, latest=now + checks.TOLERANCE)
    outcomes = [read.outcome(builder, [_copy(row) for row in rows], after=rows[-1].after) for rows in _groups(found)]
    taken = [one.record for one in outcomes if isinstance(one, Accepted)]
    return Preview(
        examples=[_example(record) for record in taken[:SHOWN_CONVERSATIONS]],
        rejected=[one for one in outcomes if isinstance(one, Rejected)],
        conversations=len(outcomes),
        rows=len(found.rows),
    )


def _groups(found: Guess) -> list[list[Row]]:
    if found.mapping.per == "conversation":
        return [[row] for row in found.rows]
    groups: dict[object, list[Row]] = {}
    for row in found.rows:
        groups.setdefault(read.key_of(found.mapping, row) or row.line, []).append(row)
    return list(groups.values())


def _copy(row: Row) -> Row:
    return Row(row.line, row.byte, row.size, row.raw, row.after, list(row.cells), row.problem, repaired=row.repaired)


def _example(record: Record) -> Example:
    shown = record.messages[:SHOWN_MESSAGES]
    names = {
        (role, person.external_id): person.name
        for role, person in (("agent", record.agent), ("customer", record.customer))
        if person is not None and person.name
    }
    return Example(record, view_messages(_Part(shown), names=names), len(record.messages) - len(shown))


@dataclass(frozen=True, slots=True)
class _Part:
    """The first messages of a conversation."""

    messages: list[Any]
