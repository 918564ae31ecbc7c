"""End what nobody reviewed in time. A draft is kept and its author told; the sample counts it, nothing replaces it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from core import audit
from reviews.models import QueueItem, QueueRules, Review
from reviews.models.queue import QueueItemQuerySet
from reviews.services.telling import tell
from sampling.models import Pick
from sampling.reasons import SkipReason
from sampling.services import skips

BATCH = 100
# Somebody who has the page open when the time runs out may finish.
LONGER_FOR_HOLDERS = timedelta(days=1)
# Second looks of disputes and second reads end with what they are for.
PURPOSES = (QueueItem.Purpose.PRIMARY, QueueItem.Purpose.CALIBRATION)


def expire(*, now: datetime, batches: int = 20) -> int:
    """End the open items whose due date and days of grace are over; the number ended.

    Each batch is a transaction of its own, so that a sweep that is killed leaves whole batches, and the next goes on.
    """
    ended = 0
    for rows in _overdue(now):
        while batches and (done := _expire(rows, now=now)):
            ended, batches = ended + done, batches - 1
    return ended


def _overdue(now: datetime) -> Iterator[QueueItemQuerySet]:
    """Yield the rows that ran out of time, for each length of grace: both databases know dates, only one intervals."""
    drawn = QueueItem.objects.open().drawn().filter(purpose__in=PURPOSES, pick__draw__voided_at=None)
    standing = drawn.filter(pick__dropped=Pick.Dropped.NO)
    usual = QueueRules._meta.get_field("grace_days").default
    ruled = QueueRules.objects.all()
    for days in sorted({usual, *ruled.values_list("grace_days", flat=True)}):
        plans = Q(plan__queue_rules__grace_days=days)
        if days == usual:
            plans |= Q(plan__queue_rules=None)
        last = now - timedelta(days=days)
        working = Q(claimed_until__gte=now, due_at__gte=last - LONGER_FOR_HOLDERS)
        yield standing.filter(plans, due_at__lt=last).exclude(working, claimed_until__isnull=False)


@transaction.atomic
def _expire(rows: QueueItemQuerySet, *, now: datetime) -> int:
    # What is locked is being submitted or skipped at this moment.
    locked = rows.select_for_update(skip_locked=True, of=("self",), no_key=True).select_related("conversation", "pick")
    items = list(locked.order_by("pk")[:BATCH])
    held = {item.pk: item.claimed_by_id for item in items}
    QueueItem.objects.filter(pk__in=held).update(
        status=QueueItem.Status.EXPIRED, claimed_by=None, claimed_until=None, ended_at=now
    )
    # Strata in one order, so that two sweeps at once wait for each other.
    for item in sorted(items, key=lambda one: (one.pick.stratum_id or 0, one.pick_id)):
        if item.purpose == QueueItem.Purpose.PRIMARY:
            skips.record(item.pick, reason=SkipReason.EXPIRED, by=None, now=now)
    audit.record_many([audit.event("item.expired", target=item, by=None, at=now) for item in items])
    tell_authors(list(held), "item.expired", now=now)
    return len(items)


def tell_authors(items: Sequence[int], kind: str, *, now: datetime) -> None:
    """Tell those who had begun that an item ended under them: their draft is kept."""
    begun = Review.objects.filter(item__in=items, status=Review.Status.DRAFT, draft_number__gt=0)
    for pk, author in begun.values_list("pk", "author"):
        tell([author], kind, path=f"/reviews/{pk}/", now=now)
