"""Build the rows of one conversation from its record. Nothing here touches the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from conversations import cast, facts
from conversations.endings import Ending, ending
from conversations.facts import Facts
from conversations.messages import Message, encode
from conversations.models import Completion, Conversation, Source
from conversations.models.conversations import HANDLED_LIVE
from conversations.personal_details import Cover, covered_messages, covered_value
from conversations.records import Record, transcript_hash
from conversations.services.people import Company

# What an audit entry names when a later import changed it. The message text is told by "messages".
COMPARED = (
    "channel", "subject", "language", "customer_external_id", "customer_name", "started_at", "completed_at",
    "assignee_id", "csat", "tags", "metadata",
)  # fmt: skip


class ConversationRow(msgspec.Struct, kw_only=True, gc=False):
    """The columns of a conversation about to be written. Making a model instance takes ten times as long."""

    id: int = 0
    source_id: int
    external_id: str
    channel: str
    subject: str
    language: str
    customer_external_id: str
    customer_name: str
    started_at: datetime | None
    completed_at: datetime | None
    completion_number: int
    assignee_id: int | None
    most_active_agent_id: int | None
    last_agent_id: int | None
    team_id: int | None = None
    csat: Decimal | None
    tags: list[str]
    metadata: dict[str, Any]
    transcript_id: int | None = None
    content_hash: str
    message_count: int
    agent_messages: int
    customer_messages: int
    agent_words: int
    customer_words: int
    first_response_seconds: int | None
    median_response_seconds: int | None
    longest_response_seconds: int | None
    duration_seconds: int | None
    handled_at_once: int | None = None
    reopen_count: int
    imported_at: datetime
    updated_at: datetime


CONVERSATION = ConversationRow.__struct_fields__
# Written again when a record comes with other content. `handled_at_once` is counted afterwards, over all of them.
OVERWRITTEN = [
    name for name in CONVERSATION if name not in {"id", "source_id", "external_id", "imported_at", "handled_at_once"}
]
TRANSCRIPT = ("id", "conversation_id", "content_hash", "body", "message_count", "created_at")
PARTICIPANT = ("conversation_id", "role", "external_id", "name", "agent_id", "messages", "words")
COMPLETION = ("conversation_id", "number", "completed_at", "known_at")


@dataclass(slots=True)
class Taken:
    """A record on its way into the database: what it says, and what is already there."""

    record: Record
    content_hash: str
    before: Conversation | None = None
    endings: list[Completion] = field(default_factory=list)  # those stored, oldest first
    messages: list[Message] = field(default_factory=list)
    transcript_hash: str = ""
    cover: Cover | None = None  # puts signs in the place of personal details, where the source says so
    facts: Facts | None = None
    ending: Ending | None = None
    row: ConversationRow | None = None

    @property
    def written(self) -> ConversationRow:
        """Return the row, once it is built."""
        assert self.row is not None
        return self.row

    @property
    def pk(self) -> int:
        """Return the id of the conversation, once it is set aside."""
        return self.written.id

    def __post_init__(self) -> None:
        self.messages = cast.known_by_id(self.record)
        self.transcript_hash = transcript_hash(self.messages)


def conversation(taken: Taken, *, source: Source, people: Company, now: datetime) -> ConversationRow:
    """Return the conversation's row, without id, team and transcript."""
    record, messages = taken.record, taken.messages
    started_at = facts.started_at(messages, record.started_at)
    taken.ending = _ending(taken, source)
    taken.facts = facts.facts(
        messages,
        speaker=lambda message: people.ids.get(message.author, message.author),
        started_at=record.started_at,
        ended_at=taken.ending.completed_at,
    )
    taken.row = ConversationRow(
        source_id=source.pk,
        external_id=record.external_id,
        channel=record.channel,
        subject=taken.cover(record.subject) if taken.cover else record.subject,
        language=record.language,
        customer_external_id=record.customer.external_id if record.customer else "",
        customer_name=record.customer.name if record.customer else "",
        started_at=started_at,
        completed_at=taken.ending.completed_at,
        completion_number=taken.ending.number,
        reopen_count=taken.ending.reopen_count,
        assignee_id=people.agent_id(record.agent.external_id if record.agent else None),
        most_active_agent_id=people.agent_id(taken.facts.most_active_agent),
        last_agent_id=people.agent_id(taken.facts.last_agent),
        csat=None if record.csat is None else Decimal(str(record.csat)),
        tags=record.tags,
        metadata=covered_value(record.metadata, taken.cover) if taken.cover else record.metadata,
        content_hash=taken.content_hash,
        imported_at=now,
        updated_at=now,
        message_count=taken.facts.message_count,
        agent_messages=taken.facts.agent_messages,
        customer_messages=taken.facts.customer_messages,
        agent_words=taken.facts.agent_words,
        customer_words=taken.facts.customer_words,
        first_response_seconds=taken.facts.first_response_seconds,
        median_response_seconds=taken.facts.median_response_seconds,
        longest_response_seconds=taken.facts.longest_response_seconds,
        duration_seconds=taken.facts.duration_seconds,
    )
    taken.row.handled_at_once = 1 if may_be_counted(taken.row) else None
    return taken.row


def may_be_counted(row: ConversationRow) -> bool:
    """Say whether the conversation has what is needed to count others beside it."""
    return row.channel in HANDLED_LIVE and None not in (row.started_at, row.completed_at, row.assignee_id)


def conversation_values(taken: Taken) -> tuple[Any, ...]:
    """Return the conversation's columns in the order of CONVERSATION."""
    return msgspec.structs.astuple(taken.written)


def overwriting_values(taken: Taken) -> list[Any]:
    """Return what overwrites a stored conversation, in the order of OVERWRITTEN, and its id."""
    return [getattr(taken.written, name) for name in [*OVERWRITTEN, "id"]]


def transcript_values(taken: Taken, *, now: datetime) -> tuple[Any, ...]:
    """Return the transcript's columns in the order of TRANSCRIPT; its hash is of what was received."""
    messages = covered_messages(taken.messages, taken.cover) if taken.cover else taken.messages
    return (
        taken.written.transcript_id,
        taken.pk,
        taken.transcript_hash,
        encode(messages),
        len(taken.messages),
        now,
    )


def participant_values(taken: Taken, *, people: Company) -> list[tuple[Any, ...]]:
    """Return who wrote how much, in the order of PARTICIPANT, with the name to show for each."""
    assert taken.facts is not None
    customer = taken.record.customer
    rows = []
    for tally in taken.facts.tallies:
        agent = people.agent(tally.external_id) if tally.role in {"agent", "bot"} else None
        name = agent.name if agent else ""
        if tally.role == "customer" and customer is not None and tally.external_id == customer.external_id:
            name = customer.name
        rows.append(
            (taken.pk, tally.role, tally.external_id, name, agent.pk if agent else None, tally.messages, tally.words)
        )
    return rows


def changed_fields(taken: Taken, *, has_new_transcript: bool) -> list[str]:
    """Name what a later import changed."""
    fields = [name for name in COMPARED if getattr(taken.before, name) != getattr(taken.row, name)]
    return [*fields, "messages"] if has_new_transcript else fields


def _ending(taken: Taken, source: Source) -> Ending:
    completed_at = facts.completed_at(
        taken.messages, taken.record.ended_at, is_finished=source.holds_finished_conversations
    )
    before = taken.before
    return ending(
        completed_at,
        number=before.completion_number if before else 0,
        last_completed_at=taken.endings[-1].completed_at if taken.endings else None,
        messages=taken.messages,
        messages_before=before.message_count if before else 0,
    )
