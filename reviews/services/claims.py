"""Hand each item to one reviewer. A lease holds it; a lost lease returns the item and keeps the draft."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from reviews.models import QueueItem, Review
from reviews.policies import why_not_claim, why_not_score

LEASE = timedelta(minutes=20)
MOST_HELD = 5
CANDIDATES = 8


def next_item(*, by: User, now: datetime) -> Review | None:
    """Lease the first item in working order to a reviewer; None when nothing is left for them."""
    refuse(why_not_score(by))
    refuse(_why_not_more(by, now=now))
    while True:
        with transaction.atomic():
            ids = _candidates(by, now=now)
            for pk in ids:
                if _lease(pk, by=by, now=now):
                    return _opened(pk, by=by, now=now)
        if not ids:
            return None


def take(item: QueueItem, *, by: User, now: datetime) -> Review:
    """Lease one named item to a reviewer (a draft taken up again); exactly one caller wins."""
    refuse(why_not_score(by))
    refuse(why_not_claim(by, item, now=now))
    with transaction.atomic():
        if not _lease(item.pk, by=by, now=now):
            raise Refused(Refusal("taken", 409, _("Someone else was a moment faster. Take the next one.")))
        return _opened(item.pk, by=by, now=now)


def renew(item: QueueItem, *, by: User, now: datetime) -> bool:
    """Keep a lease running while the page is open; False when the item is not this reviewer's any more."""
    return _lease(item.pk, by=by, now=now)


@transaction.atomic
def release(item: QueueItem, *, by: User, now: datetime) -> bool:
    """Give an item back; the draft stays. False when it was not held."""
    held = QueueItem.objects.filter(pk=item.pk, status=QueueItem.Status.CLAIMED, claimed_by=by)
    given_back = held.update(status=QueueItem.Status.AVAILABLE, claimed_by=None, claimed_until=None)
    if given_back:
        record("item.released", target=item, by=by, at=now)
    return bool(given_back)


def sweep(*, now: datetime) -> int:
    """Return every item whose lease ran out; the number returned."""
    lapsed = QueueItem.objects.filter(status=QueueItem.Status.CLAIMED, claimed_until__lt=now)
    return lapsed.update(status=QueueItem.Status.AVAILABLE, claimed_by=None, claimed_until=None)


def _why_not_more(by: User, *, now: datetime) -> Refusal | None:
    if QueueItem.objects.held_by(by, now).count() < MOST_HELD:
        return None
    sentence = _("You hold %(n)d unfinished conversations. Finish or release one first.") % {"n": MOST_HELD}
    return Refusal("too_many_held", 409, sentence)


def _candidates(by: User, *, now: datetime) -> list[int]:
    items = QueueItem.objects.claimable(now).offered_to(by).in_working_order()
    if connection.features.has_select_for_update_skip_locked:
        # Two reviewers who ask at once look at different rows instead of waiting for each other.
        items = items.select_for_update(skip_locked=True, of=("self",), no_key=True)
        return list(items.values_list("pk", flat=True)[:1])
    return list(items.values_list("pk", flat=True)[:CANDIDATES])


def _lease(pk: int, *, by: User, now: datetime) -> bool:
    # The UPDATE is the decision: it finds the row only while nobody else holds it.
    free = QueueItem.objects.claimable(now).filter(pk=pk) | QueueItem.objects.open().filter(pk=pk, claimed_by=by)
    won = free.update(status=QueueItem.Status.CLAIMED, claimed_by=by, claimed_until=now + LEASE)
    return bool(won)


def _opened(pk: int, *, by: User, now: datetime) -> Review:
    item = QueueItem.objects.select_related("conversation").get(pk=pk)
    review = Review.objects.filter(item=item, author=by).first()
    if review is None:
        review = Review(
            item=item,
            author=by,
            purpose=item.purpose,
            pool=item.pool,
            conversation_id=item.conversation_id,
            transcript_id=item.transcript_id,
            agent_id=item.agent_id,
            team_id=item.team_id,
            rubric_version_id=item.rubric_version_id,
            created_at=now,
            updated_at=now,
        )
        review.save(force_insert=True)
    record("item.claimed", target=item, by=by, at=now)
    return review
