"""Fill the search index in the background: slices of less than a minute, by one runner, that may safely run twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from conversations.messages import decode
from conversations.models import Conversation, SearchText
from conversations.search.content import searched_words
from conversations.search.matching import not_searchable
from core import bulk
from core.models import Job
from core.services import jobs

KIND = "index_conversations"
SLICE_SECONDS = 45.0
BATCH = 500
# A transcript may have 16 MB: few are held at a time, and a batch ends early.
HELD_AT_ONCE = 5
MOST_TEXT = 8 * 1024 * 1024
COLUMNS = ("conversation_id", "transcript_id", "words", "indexed_at")

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The words of one conversation, and what they were made of."""

    conversation_id: int
    transcript_id: int
    content_hash: str
    updated_at: datetime  # masking changes what was said and leaves what it is told apart by
    words: str

    @property
    def made_of(self) -> tuple[int, int, str, datetime]:
        """Return what tells whether the conversation is still the one that was read."""
        return self.conversation_id, self.transcript_id, self.content_hash, self.updated_at


def work(*, clock: Clock, seconds: float = SLICE_SECONDS) -> bool:
    """Index what is waiting; True when the time ran out before all of it was done. One runner at a time."""
    if not not_searchable(Conversation.objects.all()).exists():
        return False
    waiting = Job.objects.open().filter(kind=KIND).first() or jobs.create(KIND, by=None, now=clock())
    job = jobs.start(waiting.pk, now=clock())
    if job is None:
        return False
    try:
        finished = _run(job, clock=clock, deadline=time.monotonic() + seconds)
    except BaseException:
        jobs.pause(job, now=clock())
        raise
    if finished:
        jobs.finish(job, now=clock(), result={"conversations": job.done})
        # Indexing never ends for good: only its last job is kept.
        Job.objects.filter(kind=KIND, finished_at__isnull=False).exclude(pk=job.pk).delete()
    else:
        jobs.pause(job, now=clock())
    return not finished


def _run(job: Job, *, clock: Clock, deadline: float) -> bool:
    """Go over what is waiting from where the last slice stopped, and once more as long as that finds something."""
    after, found = int(job.cursor.get("after", 0)), int(job.cursor.get("found", 0))
    while True:
        prepared = prepare(after=after)
        if not prepared and not found:
            return True
        written = write(prepared, now=clock())
        after, found = (prepared[-1].conversation_id, found + written) if prepared else (0, 0)
        held = jobs.advance(job, now=clock(), done=job.done + written, cursor={"after": after, "found": found})
        if not held or time.monotonic() >= deadline:
            return False


def prepare(*, after: int = 0) -> list[Prepared]:
    """Read the next conversations that are not searchable and make their words. Writes nothing, locks nothing."""
    waiting = not_searchable(Conversation.objects.filter(pk__gt=after)).order_by("pk")
    fields = ("pk", "transcript_id", "content_hash", "updated_at", "subject", "external_id", "transcript__body")
    prepared, size = [], 0
    rows = waiting.values_list(*fields)[:BATCH].iterator(HELD_AT_ONCE)
    for pk, transcript, content, updated_at, subject, number, body in rows:
        words = searched_words(subject=subject, external_id=number, messages=decode(body))
        prepared.append(Prepared(pk, transcript, content, updated_at, words))
        size += len(body)
        if size > MOST_TEXT:
            break
    return prepared


@transaction.atomic
def write(prepared: Sequence[Prepared], *, now: datetime) -> int:
    """Write the words of conversations that are still as they were read; the others are left to the next look.

    An import may change a conversation between the reading and here. It deletes the words in its own transaction
    (`forget`) and holds the row meanwhile, so a row that somebody else holds is passed over, never waited for.
    """
    pks = [item.conversation_id for item in prepared]
    still = set(
        Conversation.objects.filter(pk__in=pks)
        .select_for_update(skip_locked=True, no_key=True)
        .values_list("pk", "transcript_id", "content_hash", "updated_at")
    )
    good = [item for item in prepared if item.made_of in still]
    forget([item.conversation_id for item in good])
    bulk.insert(SearchText, COLUMNS, ((item.conversation_id, item.transcript_id, item.words, now) for item in good))
    return len(good)


def forget(conversation_ids: Sequence[int]) -> None:
    """Take words out of the index, because they changed or are erased; the caller holds the conversations."""
    bulk.delete(SearchText, among=("conversation_id", conversation_ids))
