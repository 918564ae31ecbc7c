"""Conversations for tests: finished, with a transcript and a completion, unless told otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import Agent
from conversations.facts import facts
from conversations.messages import Message, encode
from conversations.models import Completion, Conversation, ImportRun, Participant, Source, Transcript
from conversations.records import transcript_hash

ENDED = datetime(2026, 2, 24, 14, 30, tzinfo=UTC)  # the Tuesday of the week before tests.conftest.NOW


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source
        django_get_or_create = ("slug",)

    slug = "test"
    name = "Test desk"
    created_at = datetime(2020, 1, 1, tzinfo=UTC)


class ConversationFactory(DjangoModelFactory):
    """A row without transcript; `conversation()` below makes a whole one."""

    class Meta:
        model = Conversation

    source = factory.SubFactory(SourceFactory)
    external_id = factory.Sequence(lambda n: f"zen-{n}")
    channel = "chat"
    subject = "Charged twice"
    started_at = factory.LazyAttribute(lambda row: (row.completed_at or ENDED) - timedelta(minutes=10))
    completed_at = ENDED
    completion_number = factory.LazyAttribute(lambda row: 1 if row.completed_at else 0)
    content_hash = factory.Sequence(lambda n: f"{n:064x}")
    imported_at = ENDED
    updated_at = ENDED


class ImportRunFactory(DjangoModelFactory):
    class Meta:
        model = ImportRun

    source = factory.SubFactory(SourceFactory)
    file_name = "chats.jsonl"
    started_at = ENDED


def talk(*, ended_at: datetime = ENDED) -> list[Message]:
    """Return a short conversation between a customer and an agent, a minute apart."""
    lines = [
        ("customer", "c-9", "I was charged twice."),
        ("agent", "a-1", "I am sorry. Let me look at both payments."),
        ("customer", "c-9", "Thank you."),
        ("agent", "a-1", "One of them is refunded now."),
    ]
    first = ended_at - timedelta(minutes=len(lines))
    return [
        Message(role=role, author=author, text=text, sent_at=first + timedelta(minutes=place))  # type: ignore[arg-type]
        for place, (role, author, text) in enumerate(lines)
    ]


def conversation(*, agent: Agent | None = None, messages: list[Message] | None = None, **fields: Any) -> Conversation:
    """Make a whole conversation: facts, transcript, participants, and a completion when it has ended.

    The author "a-1" is the agent given; everybody else is known by id alone.
    """
    made: Conversation = ConversationFactory(assignee=agent, most_active_agent=agent, last_agent=agent, **fields)
    said = talk(ended_at=made.completed_at or ENDED) if messages is None else messages
    transcribe(made, said, now=made.imported_at)
    found = facts(said, speaker=lambda message: message.author, started_at=made.started_at, ended_at=made.completed_at)
    for tally in found.tallies:
        is_agent = tally.role == "agent" and tally.external_id == "a-1" and agent is not None
        Participant.objects.create(
            conversation=made,
            role=tally.role,
            external_id=tally.external_id,
            name=agent.name if is_agent and agent else "",
            agent=agent if is_agent else None,
            messages=tally.messages,
            words=tally.words,
        )
    for name in ("message_count", "agent_messages", "customer_messages", "agent_words", "customer_words",
                 "first_response_seconds", "median_response_seconds", "longest_response_seconds",
                 "duration_seconds"):  # fmt: skip
        setattr(made, name, getattr(found, name))
    made.save()
    if made.completed_at is not None:
        Completion.objects.create(
            conversation=made, number=made.completion_number, completed_at=made.completed_at, known_at=made.imported_at
        )
    return made


def transcribe(row: Conversation, messages: list[Message], *, now: datetime) -> Transcript:
    """Give a conversation a transcript, which becomes its current one."""
    made = Transcript.objects.create(
        conversation=row,
        content_hash=transcript_hash(messages),
        body=encode(messages),
        message_count=len(messages),
        created_at=now,
    )
    row.transcript = made
    row.save(update_fields=["transcript"])
    return made
