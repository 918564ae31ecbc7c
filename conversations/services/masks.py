"""Say which personal details of a source are masked, and mask what is here already: slices that go on by themselves."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from conversations.erasure import ERASED
from conversations.messages import decode, encode
from conversations.models import Conversation, Reject, Source, Transcript
from conversations.personal_details import (
    Cover,
    Detail,
    covered_messages,
    covered_raw,
    covered_value,
    covering,
)
from conversations.policies import why_not_erase
from conversations.selectors import MASK_TEXTS, last_masking
from conversations.services import indexing
from core.audit import record
from core.models import Job
from core.refusals import Refusal, Refused, refuse
from core.services import jobs

SLICE_SECONDS = 45.0
BATCH = 50  # few, because a transcript may have 16 MB

Clock = Callable[[], datetime]


@dataclass(slots=True)
class _Place:
    """How far a job is: the last conversation, then the last rejected record, and how many of each were changed."""

    after: int = 0
    reject: int = 0
    conversations: int = 0
    rejects: int = 0


@transaction.atomic
def choose(source: Source, kinds: Collection[str], *, by: Any, now: datetime) -> Source:
    """Say which personal details are masked in what is imported from now on; none of them leaves texts as they come."""
    refuse(why_not_erase(by))
    if unknown := sorted(set(kinds) - set(Detail.values)):
        sentence = _("“%(kind)s” is no kind of personal detail. Known are: %(known)s.")
        raise Refused(
            Refusal("unknown_detail", 422, sentence % {"kind": unknown[0][:40], "known": ", ".join(Detail.values)})
        )
    stored = Source.objects.select_for_update().get(pk=source.pk)
    chosen = [kind for kind in Detail.values if kind in kinds]
    if stored.masks != chosen:
        stored.masks = chosen
        stored.save(update_fields=["masks"])
        record("source.changed", target=stored, by=by, at=now, fields=["masks"], params={"masks": chosen})
    return stored


@transaction.atomic
def begin(source: Source, *, by: Any, now: datetime) -> Job:
    """Write down the job that masks what is here already of a source; the caller enqueues it.

    Raises Refused: `nothing_to_mask` (409) while the source masks nothing, `masking_already` (409) while it is at it.
    """
    refuse(why_not_erase(by))
    stored = Source.objects.select_for_update().get(pk=source.pk)
    if not stored.masks:
        sentence = _("This source masks nothing yet. Choose what is masked and save it, then mask what is here.")
        raise Refused(Refusal("nothing_to_mask", 409, sentence))
    last = last_masking([stored.pk]).get(stored.pk)
    if last is not None and last.is_open:
        raise Refused(Refusal("masking_already", 409, _("What is here of this source is being masked already.")))
    total = Conversation.objects.filter(source=stored).count()
    params = {"source": stored.pk, "masks": stored.masks}
    record("source.masking_begun", target=stored, by=by, at=now, params={"masks": stored.masks})
    return jobs.create(MASK_TEXTS, by=by, now=now, params=params, total=total, unit="conversations")


def waiting(now: datetime) -> list[int]:
    """Return the jobs that nobody is working on, for the sweep."""
    return jobs.waiting(MASK_TEXTS, now=now)


def work(job_id: int, *, clock: Clock, seconds: float = SLICE_SECONDS) -> bool:
    """Mask one slice; True when it is to be called again, at once. Twice over the same changes nothing more."""
    job = jobs.start(job_id, now=clock())
    if job is None:
        return False
    source = Source.objects.filter(pk=job.params["source"]).first()
    if source is None:
        jobs.fail(job, now=clock(), error="The source of this job no longer exists.")
        return False
    place = _Place(**job.cursor)
    cover = covering(job.params["masks"], in_place=True)
    deadline = time.monotonic() + seconds
    try:
        while _mask_some(source, place, cover, now=clock()):
            done = min(job.done + BATCH, job.total or 0)
            if not jobs.advance(job, now=clock(), done=done, cursor=asdict(place)) or time.monotonic() >= deadline:
                return jobs.rest(job, now=clock())
    except (OperationalError, ConnectionError):
        jobs.pause(job, now=clock())
        raise
    _end(source, job, place, now=clock())
    return False


@transaction.atomic
def _end(source: Source, job: Job, place: _Place, *, now: datetime) -> None:
    counted = {"conversations": place.conversations, "rejects": place.rejects}
    record("source.masked", target=source, by=None, at=now, params=counted)
    jobs.advance(job, now=now, done=job.total or 0, cursor=asdict(place))
    jobs.finish(job, now=now, result=counted)


@transaction.atomic
def _mask_some(source: Source, place: _Place, cover: Cover, *, now: datetime) -> bool:
    """Mask the next conversations, then the next rejected records; False when there are no more of either.

    It queues at the row of the source as imports do, so that none of them writes the same conversations meanwhile.
    """
    Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    rows = Conversation.objects.filter(source=source, pk__gt=place.after).exclude(content_hash=ERASED)
    found = list(rows.order_by("pk").select_for_update(of=("self",), no_key=True)[:BATCH])
    if found:
        place.conversations += _mask_conversations(found, cover, now=now)
        place.after = found[-1].pk
        return True
    rejects = Reject.objects.filter(run__source=source, pk__gt=place.reject).exclude(raw="").order_by("pk")[:BATCH]
    if not (here := list(rejects)):
        return False
    place.rejects += _mask_rejects(here, cover)
    place.reject = here[-1].pk
    return True


def _mask_conversations(found: Sequence[Conversation], cover: Cover, *, now: datetime) -> int:
    """Cover details in all versions of what was said; facts, hashes and who wrote when stay as they are.

    What was said is covered sign for sign, so that every pin of a review still points at the same words.
    """
    changed = _mask_transcripts([one.pk for one in found], cover)
    for one in found:
        subject, metadata = cover(one.subject), covered_value(one.metadata, cover)
        if (subject, metadata) != (one.subject, one.metadata):
            one.subject, one.metadata = subject, metadata
            changed.add(one.pk)
    touched = [one for one in found if one.pk in changed]
    for one in touched:
        one.updated_at = now
    Conversation.objects.bulk_update(touched, ["subject", "metadata", "updated_at"], batch_size=BATCH)
    indexing.forget([one.pk for one in touched])
    return len(touched)


def _mask_transcripts(conversations: Sequence[int], cover: Cover) -> set[int]:
    changed = set()
    rows = Transcript.objects.filter(conversation__in=conversations).order_by("pk")
    for pk, conversation in list(rows.values_list("pk", "conversation_id")):
        body = rows.values_list("body", flat=True).get(pk=pk)
        masked = encode(covered_messages(decode(body), cover))
        if masked != body:
            Transcript.objects.filter(pk=pk).update(body=masked)
            changed.add(conversation)
    return changed


def _mask_rejects(here: Sequence[Reject], cover: Cover) -> int:
    touched = []
    for one in here:
        raw, reason = covered_raw(one.raw, cover), cover(one.reason)
        if (raw, reason) != (one.raw, one.reason):
            one.raw, one.reason = raw, reason
            touched.append(one)
    Reject.objects.bulk_update(touched, ["raw", "reason"], batch_size=BATCH)
    return len(touched)
