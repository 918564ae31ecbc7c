"""Let items and reviews follow their pick when the random pool reaches what the targeted pool had taken."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core import audit
from reviews.models import QueueItem, Review
from reviews.services import cells
from sampling.models import Pick

BATCH = 200
RANDOM, TARGETED = Pick.Pool.RANDOM, Pick.Pool.TARGETED


def follow(*, now: datetime, since: datetime | None = None) -> int:
    """Move what came into both pools, ever or since a moment, to the sums of the random pool; the number of items.

    The picks that joined are few and stand in an index of their own, so that asking often costs nothing.
    """
    joined = Pick.objects.filter(joined_random_at__isnull=False)
    if since is not None:
        joined = joined.filter(joined_random_at__gte=since)
    behind = QueueItem.objects.filter(pool=TARGETED, pick__in=joined).order_by("pk")
    moved = 0
    for pk in list(behind.values_list("pk", flat=True)[:BATCH]):
        moved += _move(pk, now=now)
    return moved


@transaction.atomic
def _move(pk: int, *, now: datetime) -> int:
    item = QueueItem.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if item.pool != TARGETED:
        return 0
    item.pool = RANDOM
    item.save(update_fields=["pool"])
    reviews = Review.objects.select_for_update(of=("self",)).select_related("current", "item__pick")
    for review in reviews.filter(item=item, pool=TARGETED).order_by("pk"):
        is_counted = review.status == Review.Status.PUBLISHED and review.current is not None
        if is_counted and review.current is not None:
            cells.add(review, review.current, sign=-1)
        review.pool = RANDOM
        review.save(update_fields=["pool"])
        if is_counted and review.current is not None:
            cells.add(review, review.current)
    audit.record("item.pool_changed", target=item, by=None, at=now, fields=["pool"])
    return 1
