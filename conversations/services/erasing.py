"""Erase what customers said: everything of one of them, or what is older than its source may keep. Scores stay."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from conversations.erasure import ERASED, names_one_of, skeleton, spellings, telling, without_people
from conversations.models import Conversation, ImportRun, Participant, Reject, Source, Transcript
from conversations.policies import why_not_erase
from conversations.services import indexing
from core import audit
from core.audit import record
from core.refusals import Refusal, Refused, refuse

BATCH = 200
SLICE_SECONDS = 45.0
LONGEST_DAYS = 36_500
WAITS_AT_MOST = timedelta(days=30)
GONE = gettext_noop("Erased. What this record said is no longer kept.")
EMPTIED = ("subject", "customer_external_id", "customer_name", "metadata", "transcripts", "participants", "search_text")


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: conversations, rejected records, and the words by which the customer may be named elsewhere."""

    conversation_ids: tuple[int, ...]
    rejects: int
    words: tuple[str, ...]


@transaction.atomic
def erase_customer(source: Source, customer: str, *, by: Any, now: datetime) -> Erased:
    """Erase one customer, known by the id that the source gave them, from conversations, search and rejected records.

    Raises Refused: `import_running` (409) while a file of the source is being read, because it may bring them back;
    `unknown_customer` (404) when nothing of theirs is here.
    """
    refuse(why_not_erase(by))
    refuse(_why_not_now(source))
    customer = customer.strip().replace("\0", "\N{REPLACEMENT CHARACTER}")  # as an import stores it
    found = list(_talked(source, customer).select_for_update(of=("self",)).order_by("pk")) if customer else []
    words = tuple(telling([customer, *_names(found, customer)]))
    rejects = _empty(_rejects_about(source, words))
    if not found and not rejects:
        raise Refused(Refusal("unknown_customer", 404, _("Nothing from this source is about a customer with this id.")))
    _erase(found)
    audit.record_many([audit.event("conversation.erased", target=one, by=by, at=now, fields=EMPTIED) for one in found])
    counted = {"conversations": len(found), "rejects": rejects}
    record("customer.erased", target=source, by=by, at=now, params=counted)
    return Erased(tuple(one.pk for one in found), rejects, words)


@transaction.atomic
def keep_texts(source: Source, days: int | None, *, by: Any, now: datetime) -> Source:
    """Say for how many days after its end what was said in a conversation is kept; None keeps it for good."""
    refuse(why_not_erase(by))
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        sentence = _("Texts are kept for 1 to %(most)s days, or for good.") % {"most": LONGEST_DAYS}
        raise Refused(Refusal("unusable_days", 422, sentence))
    stored = Source.objects.select_for_update().get(pk=source.pk)
    if stored.retention_days != days:
        stored.retention_days = days
        stored.save(update_fields=["retention_days"])
        record("source.changed", target=stored, by=by, at=now, fields=["retention_days"], params={"days": days})
    return stored


def expire_texts(*, clock: Callable[[], datetime], in_use: Q | None = None, seconds: float = SLICE_SECONDS) -> bool:
    """Erase what is older than its source may keep; True when the time ran out before all of it was done.

    in_use: conversations that somebody works on just now. They wait for the end of that, WAITS_AT_MOST longer.
    """
    deadline = time.monotonic() + seconds
    for source in Source.objects.exclude(retention_days=None):
        while _expire_some(source, in_use or Q(pk__in=[]), now=clock()):
            if time.monotonic() >= deadline:
                return True
    return False


@transaction.atomic
def _expire_some(source: Source, in_use: Q, *, now: datetime) -> int:
    assert source.retention_days is not None
    limit = now - timedelta(days=source.retention_days)
    ended = Coalesce("completed_at", "started_at", "imported_at")
    old = Conversation.objects.alias(ended_at=ended).filter(source=source, ended_at__lt=limit)
    old = old.exclude(in_use & Q(ended_at__gte=limit - WAITS_AT_MOST))
    found = list(old.exclude(content_hash=ERASED).order_by("pk").select_for_update(of=("self",))[:BATCH])
    rejects = _empty(list(_rejects(source).filter(run__started_at__lt=limit)[:BATCH]))
    if found or rejects:
        _erase(found)
        counted = {"conversations": len(found), "rejects": rejects, "days": source.retention_days}
        record("source.texts_expired", target=source, by=None, at=now, params=counted)
    return len(found) + rejects


def _erase(found: Sequence[Conversation]) -> None:
    """Empty what customers said and who they were; facts, tags and endings stay."""
    pks = [one.pk for one in found]
    transcripts = list(Transcript.objects.filter(conversation__in=pks))
    for transcript in transcripts:
        transcript.body = skeleton(transcript.body)
    Transcript.objects.bulk_update(transcripts, ["body"], batch_size=BATCH)
    Conversation.objects.filter(pk__in=pks).update(
        subject="", customer_external_id="", customer_name="", metadata={}, content_hash=ERASED
    )
    customers = list(
        Participant.objects.filter(conversation__in=pks, role="customer").order_by("conversation", "external_id")
    )
    for _pk, rows in groupby(customers, key=lambda row: row.conversation_id):
        here = list(rows)
        for row, put in zip(here, without_people([row.external_id for row in here]), strict=True):
            row.external_id, row.name = put, ""
    Participant.objects.bulk_update(customers, ["external_id", "name"], batch_size=BATCH)
    # The words go at once; the next look of the index finds nothing but the number to write in their place.
    indexing.forget(pks)


def _talked(source: Source, customer: str) -> QuerySet[Conversation]:
    """Return the conversations that a customer had part in."""
    wrote = Participant.objects.filter(role="customer", external_id=customer, conversation__source=source)
    is_theirs = Q(customer_external_id=customer) | Q(pk__in=wrote.values("conversation"))
    return Conversation.objects.filter(is_theirs, source=source)


def _names(found: Sequence[Conversation], customer: str) -> set[str]:
    own = {one.customer_name for one in found if one.customer_external_id == customer}
    rows = Participant.objects.filter(conversation__in=[one.pk for one in found], role="customer", external_id=customer)
    return own | set(rows.values_list("name", flat=True))


def _rejects(source: Source) -> QuerySet[Reject]:
    return Reject.objects.filter(run__source=source).exclude(raw="").order_by("pk")


def _rejects_about(source: Source, words: Sequence[str]) -> list[Reject]:
    """Return the records that could not be taken and name somebody."""
    spelled = spellings(words)
    holds_one = reduce(or_, (Q(raw__icontains=one) for one in spelled), Q(pk__in=[]))
    return [one for one in _rejects(source).filter(holds_one).iterator(BATCH) if names_one_of(one.raw, spelled)]


def _empty(rejects: Sequence[Reject]) -> int:
    """Take out what rejected records said; where they stood stays, so that every line is still accounted for."""
    for one in rejects:
        one.raw, one.reason = "", GONE
    Reject.objects.bulk_update(rejects, ["raw", "reason"], batch_size=BATCH)
    return len(rejects)


def _why_not_now(source: Source) -> Refusal | None:
    if ImportRun.objects.filter(source=source, status__in=ImportRun.OPEN).exists():
        sentence = _("A file of this source is still being read and could bring the customer back. Wait for its end.")
        return Refusal("import_running", 409, sentence)
    return None
