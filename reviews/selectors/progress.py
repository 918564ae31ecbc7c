"""How far the reviews of a draw are: its drawn conversations by what became of their items."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from reviews.models import QueueItem
from sampling.models import Draw


@dataclass(frozen=True, slots=True)
class DrawProgress:
    """The primary items of a draw, each seat counted once."""

    waiting: int
    in_hand: int
    reviewed: int
    skipped: int
    expired: int
    withdrawn: int
    to_check: int


def progress_of_draw(draw: Draw) -> DrawProgress:
    """Count the items of a draw in two queries."""
    items = QueueItem.objects.filter(pick__draw=draw, purpose=QueueItem.Purpose.PRIMARY)
    counts = dict(items.order_by().values_list("status").annotate(n=Count("pk")))
    status = QueueItem.Status
    return DrawProgress(
        waiting=counts.get(status.AVAILABLE, 0),
        in_hand=counts.get(status.CLAIMED, 0),
        reviewed=counts.get(status.SUBMITTED, 0),
        skipped=counts.get(status.SKIPPED, 0),
        expired=counts.get(status.EXPIRED, 0),
        withdrawn=counts.get(status.WITHDRAWN, 0),
        to_check=items.filter(check_result="", status=status.SKIPPED, pick__dropped="claimed").count(),
    )
