"""What the pages of conversations and imports show, each in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db.models import QuerySet

from accounts.asking import Asked
from conversations.concurrency import Interval
from conversations.models import Conversation, ImportRun, Participant, Tag, Transcript
from conversations.search.excerpts import with_hits
from conversations.search.query import NOTHING, Query
from conversations.transcripts import MessageRow, Names, shown_name, speaker_word, view_messages
from core import prepared
from core.models import Job
from core.prepared import Prepared

# Suggestions while typing a tag, not a limit on what may be typed.
SUGGESTED_TAGS = 200
MASK_TEXTS = "mask_texts"
# Jobs that are looked through for the last one of each source.
LAST_JOBS = 500


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody who wrote to the customer, or the customer. Without a name only the role is known."""

    name: str
    role: str
    messages: int
    words: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One conversation as its page shows it."""

    conversation: Conversation
    transcript: Transcript | None
    versions: list[Transcript]
    rows: list[MessageRow]
    writers: list[Writer]
    metadata: list[tuple[str, str]]
    query: Query

    @property
    def is_current(self) -> bool:
        """Say whether the page shows what was imported last."""
        return self.transcript is None or self.transcript.pk == self.conversation.transcript_id

    @property
    def hits(self) -> int:
        """Count the places that are marked."""
        return sum(len(row.hits) for row in self.rows)


ON_A_PAGE = (
    "pk", "external_id", "channel", "subject", "completed_at", "message_count", "longest_response_seconds", "csat",
    "transcript_id", "assignee__name", "team__name",
)  # fmt: skip


def listed(queryset: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Fetch what a row of the list shows, and leave the heavy columns where they are."""
    return queryset.select_related("assignee", "team", "source").defer("metadata", "tags", "content_hash")


def rows_of(conversations: Any) -> list[Any]:
    """Fetch what a page shows of its conversations (listing.Row) as plain values: no instance is asked for more."""
    return list(conversations.values_list(*ON_A_PAGE, named=True))


def suggested_tags(user: Any) -> list[str]:
    """Return tags to offer while typing."""
    return [name for (name,) in TAGS.rows(user)]


TAGS: Asked[Tag] = Asked(lambda user: Tag.objects.visible_to(user).values_list("name")[:SUGGESTED_TAGS])


def reading(conversation: Conversation, *, version: str = "", query: Query = NOTHING) -> Reading:
    """Load a conversation's transcript (the current one, or an earlier version by its id) and everyone in it.

    Where the query's words stand is marked in the rows.
    """
    versions = list(conversation.transcripts.defer("body").order_by("-created_at", "-pk"))
    shown = _version(conversation, versions, version)
    transcript = Transcript.objects.get(pk=shown.pk) if shown else None
    participants = participants_of(conversation.pk)
    named = names(conversation, participants)
    return Reading(
        conversation=conversation,
        transcript=transcript,
        versions=versions,
        rows=with_hits(query, view_messages(transcript, names=named, open_ones=open_ones(conversation)))
        if transcript
        else [],
        writers=[_writer(person, named) for person in participants],
        query=query,
        metadata=[(str(key), _in_words(value)) for key, value in conversation.metadata.items()],
    )


def participants_of(conversation_id: int) -> list[Participant]:
    """Return everyone in a conversation."""
    return PARTICIPANTS.all(conversation=conversation_id)


# Asked with every transcript that is shown.
PARTICIPANTS = Prepared(lambda: Participant.objects.filter(conversation=prepared.number("conversation")).order_by("id"))


def open_ones(conversation: Conversation) -> list[Interval]:
    """Return the spans of the conversations that the agent had open around this one, itself included.

    Nothing is looked for when the agent had no other one at once.
    """
    begins, ends = conversation.started_at, conversation.completed_at
    if (conversation.handled_at_once or 0) < 2 or begins is None or ends is None:
        return []
    rows = OPEN_ONES.rows(assignee=conversation.assignee_id, since=begins, until=ends)
    return [(first, max(first, last)) for first, last in rows]


OPEN_ONES = Prepared(
    lambda: (
        Conversation.objects.handled_live()
        .filter(
            assignee=prepared.number("assignee"),
            completed_at__gte=prepared.moment("since"),
            started_at__lte=prepared.moment("until"),
        )
        .order_by()
        .values_list("started_at", "completed_at")
    )
)


def names(conversation: Conversation, participants: list[Participant]) -> dict[tuple[str, str], str]:
    """Return the names to show, by role and by what the source calls each person."""
    known = {(person.role, person.external_id): person.name for person in participants if person.name}
    if conversation.customer_external_id and conversation.customer_name:
        known.setdefault(("customer", conversation.customer_external_id), conversation.customer_name)
    return known


def runs_listed(user: Any) -> QuerySet[ImportRun]:
    """Return the imports that a person may see, newest first."""
    return ImportRun.objects.visible_to(user).select_related("source", "started_by", "job")


def _version(conversation: Conversation, versions: list[Transcript], wanted: str) -> Transcript | None:
    asked_for = next((one for one in versions if str(one.pk) == wanted), None)
    return asked_for or next((one for one in versions if one.pk == conversation.transcript_id), None)


def _writer(person: Participant, named: Names) -> Writer:
    return Writer(
        name=shown_name(person.role, person.external_id, named),
        role=speaker_word(person.role),
        messages=person.messages,
        words=person.words,
    )


def _in_words(value: Any) -> str:
    """Write one value of the metadata: plain values as they are, the rest as JSON."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    return msgspec.json.encode(value).decode()


def last_masking(sources: Collection[int]) -> dict[int, Job]:
    """Return the last job of each source, by its id, that masked what was here; sources without one are left out."""
    found = Job.objects.filter(kind=MASK_TEXTS, params__source__in=list(sources)).order_by("-pk")[:LAST_JOBS]
    return {job.params["source"]: job for job in reversed(found)}
