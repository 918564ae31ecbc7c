"""The blind second look of a dispute: begun, submitted, handed on. The queue and the workspace call in here."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from core.audit import record
from reviews.models import Dispute, QueueItem, Review
from reviews.selectors.second_looks import lost
from reviews.services import second_looks
from reviews.services.disputes import path_of
from reviews.services.telling import tell

# Second reads whose person is gone are taken back here too; their own sweep finds somebody else.
PURPOSES = (QueueItem.Purpose.DISPUTE, QueueItem.Purpose.SECOND_READ)
WHOLE = ("agent", "item__pick__completion", "conversation__source", "rubric_version")


def begun(item: QueueItem, *, by: User, now: datetime) -> None:
    """Note that somebody has begun the second look of a dispute."""
    rows = Dispute.objects.filter(item=item, status=Dispute.Status.OPEN)
    if rows.update(status=Dispute.Status.RESCORING):
        record("dispute.second_look_begun", target=Dispute.objects.get(item=item), by=by, at=now)


def submitted(item: QueueItem, *, by: User, now: datetime) -> None:
    """Note that the second look is in, and tell who took it that there is something to decide."""
    rows = Dispute.objects.open().filter(item=item)
    if not rows.update(status=Dispute.Status.RESCORING, rescored_at=now):
        return
    dispute = Dispute.objects.select_related("review").get(item=item)
    record("dispute.second_look_in", target=dispute, by=by, at=now)
    # An escalation is not theirs to decide.
    if dispute.stage == Dispute.Stage.FIRST:
        tell([by.pk], "dispute.to_decide", path=path_of(dispute), now=now)


def hand_on(item: QueueItem, *, now: datetime) -> None:
    """Give a second look that its person does not take to somebody else; nobody free: it waits for the sweep."""
    dispute = Dispute.objects.open().filter(item=item).first()
    if dispute is not None:
        dispute.review = Review.objects.select_related(*WHOLE).get(pk=dispute.review_id)
        _reopen(dispute, criteria=item.criteria, now=now)


def find_people(*, now: datetime, limit: int = 200) -> int:
    """Find somebody for second looks that nobody has, or whose person can no longer take them; the number found."""
    given = QueueItem.objects.filter(purpose__in=PURPOSES, status=QueueItem.Status.AVAILABLE)
    for item in lost(list(given.select_related("conversation").order_by("due_at", "pk")), now=now)[:limit]:
        _take_back(item, now=now)
    waiting = Dispute.objects.open().filter(item=None).order_by("pk").values_list("pk", flat=True)
    return sum(_find(pk, now=now) for pk in waiting[:limit])


@transaction.atomic
def _take_back(item: QueueItem, *, now: datetime) -> None:
    still = QueueItem.objects.filter(pk=item.pk, status=QueueItem.Status.AVAILABLE)
    if still.update(status=QueueItem.Status.WITHDRAWN, ended_at=now):
        record("item.withdrawn", target=item, by=None, at=now)
        if item.purpose == QueueItem.Purpose.DISPUTE:
            hand_on(item, now=now)


@transaction.atomic
def _find(pk: int, *, now: datetime) -> bool:
    # Two sweeps at once must not open two seats.
    rows = Dispute.objects.open().select_for_update(skip_locked=True, of=("self",), no_key=True)
    dispute = rows.filter(pk=pk, item=None).first()
    if dispute is None:
        return False
    dispute.review = Review.objects.select_related(*WHOLE).get(pk=dispute.review_id)
    criteria = dispute.points.values_list("criterion__lineage", flat=True)
    return _reopen(dispute, criteria=list(criteria), now=now)


def _reopen(dispute: Dispute, *, criteria: list[str], now: datetime) -> bool:
    due_at = max(dispute.opened_at + (dispute.due_at - dispute.opened_at) / 2, now)
    item = second_looks.put(
        dispute.review, purpose=QueueItem.Purpose.DISPUTE, criteria=criteria, due_at=due_at, now=now
    )
    Dispute.objects.open().filter(pk=dispute.pk).update(item=item, status=Dispute.Status.OPEN)
    return item is not None
