"""The other seats at a review's conversation that its agent waits for: the second reader's, and the agent's own."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from reviews.models import QueueItem, Review
from reviews.models.queue import QueueItemQuerySet

PURPOSES = (QueueItem.Purpose.SECOND_READ, QueueItem.Purpose.SELF)


def lock(review: Review) -> None:
    """Lock the open seats of a review before the review itself, in the order that a submission does."""
    if review.needs_second_read or review.self_review_until is not None:
        list(_open(review).select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True))


def end(review: Review, *, by: User | None, now: datetime) -> None:
    """Take the seats that nobody needs any more out of the queue."""
    found = list(_open(review).values_list("pk", flat=True))
    QueueItem.objects.open().filter(pk__in=found).update(
        status=QueueItem.Status.WITHDRAWN, claimed_by=None, claimed_until=None, ended_at=now, ended_by=by
    )


def _open(review: Review) -> QueueItemQuerySet:
    return QueueItem.objects.open().filter(pick__items=review.item_id, purpose__in=PURPOSES)
