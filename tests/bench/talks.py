"""Conversations by the thousand, each whole: facts, transcript, participants, completion, tag and searchable words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from conversations.facts import Facts, facts
from conversations.messages import Message, encode
from conversations.models import Completion, Conversation, Participant, SearchText, Transcript
from conversations.records import Person, Record, content_hash, transcript_hash
from conversations.search.content import searched_words
from conversations.services.indexing import COLUMNS as SEARCH_TEXT
from conversations.services.rows import COMPLETION, PARTICIPANT, TRANSCRIPT
from tests.bench.company import TAGS, Company
from tests.bench.copying import load

CHANNELS = ("chat", "messaging", "email", "ticket")
SUBJECTS = ("Charged twice", "Parcel is late", "Cannot log in", "Wrong size", "Refund not here", "App stops")
ASKED = (
    "Hello, I was charged twice for order {n} and would like one of the payments back.",
    "It says the money left my account on Monday; the second line came a minute later.",
    "Yes, the same card. I have the two numbers here if that helps you.",
    "No, I did not click twice. The page was slow, that is all.",
    "How long will that take? I am going away at the weekend.",
    "Thank you, that is clear.",
)
SAID = (
    "I am sorry about that. Let me look at both payments for order {n}.",
    "I see the two of them here. Could you tell me whether you used the same card?",
    "Thank you. The second one was made by our page when it tried again; I am sending it back now.",
    "You did nothing wrong. I have noted it so that the page is looked at.",
    "Three to five working days, depending on your bank. You will have an e-mail within the hour.",
    "You are welcome. Is there anything else that I can do for you today?",
)
PACE = timedelta(seconds=47)
CONVERSATION = (
    "id", "source_id", "external_id", "channel", "subject", "language", "customer_external_id", "customer_name",
    "started_at", "completed_at", "completion_number", "assignee_id", "most_active_agent_id", "last_agent_id",
    "team_id", "csat", "tags", "metadata", "transcript_id", "content_hash", "message_count", "agent_messages",
    "customer_messages", "agent_words", "customer_words", "first_response_seconds", "median_response_seconds",
    "longest_response_seconds", "duration_seconds", "handled_at_once", "reopen_count", "imported_at", "updated_at",
)  # fmt: skip


@dataclass(frozen=True)
class Talk:
    """One conversation before it is rows. Its transcript has the same id."""

    pk: int
    agent_id: int
    ended_at: datetime
    record: Record
    facts: Facts

    @property
    def known_at(self) -> datetime:
        """Return when the import brought it."""
        return self.ended_at + timedelta(minutes=1)


def messages(number: int, *, agent_id: int, ended_at: datetime, count: int) -> list[Message]:
    """Return customer and agent in turn, the last message at the end."""
    first = ended_at - PACE * (count - 1)
    return [
        Message(
            role="agent" if place % 2 else "customer",
            author=f"a-{agent_id}" if place % 2 else f"c-{number % 5000}",
            sent_at=first + PACE * place,
            text=(SAID if place % 2 else ASKED)[(place // 2) % len(SAID)].format(n=number),
        )
        for place in range(count)
    ]


def talk(pk: int, *, agent_id: int, ended_at: datetime, count: int) -> Talk:
    """Make up one conversation of `count` messages."""
    said = messages(pk, agent_id=agent_id, ended_at=ended_at, count=count)
    record = _record(pk, said, agent_id=agent_id, started_at=said[0].sent_at, ended_at=ended_at)
    known = facts(said, speaker=lambda one: one.author, started_at=record.started_at, ended_at=ended_at)
    return Talk(pk, agent_id, ended_at, record, known)


def outline(pk: int, *, agent_id: int, ended_at: datetime, count: int) -> Talk:
    """Make up the same conversation without its words: its numbers, and the content hash of the rest."""
    record = _record(pk, [], agent_id=agent_id, started_at=ended_at - PACE * (count - 1), ended_at=ended_at)
    return Talk(pk, agent_id, ended_at, record, _numbers(count))


@cache
def _numbers(count: int) -> Facts:
    return talk(1, agent_id=1, ended_at=datetime(2026, 1, 1, tzinfo=UTC), count=count).facts


def _record(pk: int, said: list[Message], *, agent_id: int, started_at: datetime | None, ended_at: datetime) -> Record:
    return Record(
        external_id=f"zen-{pk}",
        messages=said,
        channel=CHANNELS[pk % len(CHANNELS)],
        agent=Person(external_id=f"a-{agent_id}", name=f"Agent {agent_id:04}"),
        customer=Person(external_id=f"c-{pk % 5000}", name=f"Customer {pk % 5000}"),
        subject=SUBJECTS[pk % len(SUBJECTS)],
        language="en",
        started_at=started_at,
        ended_at=ended_at,
        tags=[TAGS[pk % len(TAGS)]],
        csat=float(1 + pk % 5) if pk % 3 == 0 else None,
    )


def store(talks: Sequence[Talk], company: Company, *, transcribed: bool) -> None:
    """Write conversations, to be read and found; without transcripts only their facts and completions."""
    load(Conversation, CONVERSATION, (_conversation(one, company, transcribed=transcribed) for one in talks))
    load(Completion, COMPLETION, ((one.pk, 1, one.ended_at, one.known_at) for one in talks))
    tagged = Conversation.tagged.through
    load(tagged, ("conversation_id", "tag_id"), ((one.pk, company.tags[one.pk % len(TAGS)]) for one in talks))
    if transcribed:
        transcribe(talks)
        load(SearchText, SEARCH_TEXT, ((one.pk, one.pk, _words(one.record), one.known_at) for one in talks))


def transcribe(talks: Sequence[Talk]) -> None:
    """Write transcripts and participants."""
    load(Transcript, TRANSCRIPT, (_transcript(one) for one in talks))
    load(Participant, PARTICIPANT, (row for one in talks for row in _participants(one)))


def _conversation(one: Talk, company: Company, *, transcribed: bool) -> tuple[Any, ...]:
    record, known = one.record, one.facts
    assert record.customer is not None
    return (
        one.pk, company.source.pk, record.external_id, record.channel, record.subject, record.language,
        record.customer.external_id, record.customer.name, record.started_at, one.ended_at, 1, one.agent_id,
        one.agent_id, one.agent_id, company.team_of(one.agent_id),
        None if record.csat is None else Decimal(str(record.csat)), record.tags, {}, one.pk if transcribed else None,
        content_hash(record), known.message_count, known.agent_messages, known.customer_messages, known.agent_words,
        known.customer_words, known.first_response_seconds, known.median_response_seconds,
        known.longest_response_seconds, known.duration_seconds, 1, 0, one.known_at, one.known_at,
    )  # fmt: skip


def _transcript(one: Talk) -> tuple[Any, ...]:
    said = one.record.messages
    return (one.pk, one.pk, transcript_hash(said), encode(said), len(said), one.known_at)


def _words(record: Record) -> str:
    return searched_words(subject=record.subject, external_id=record.external_id, messages=record.messages)


def _participants(one: Talk) -> Iterator[tuple[Any, ...]]:
    agent, customer = one.record.agent, one.record.customer
    assert agent is not None
    assert customer is not None
    for tally in one.facts.tallies:
        name, agent_id = (agent.name, one.agent_id) if tally.role == "agent" else (customer.name, None)
        yield (one.pk, tally.role, tally.external_id, name, agent_id, tally.messages, tally.words)
