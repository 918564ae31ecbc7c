"""Hand each item to one reviewer. A lease holds it; a lost lease returns the item and keeps the draft."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.refusals import Refusal, Refused, refuse
from reviews.models import QueueItem, Review
from reviews.policies import why_not_claim, why_not_score

LEASE = timedelta(minutes=20)
MOST_HELD = 5
BATCH = 500


def next_item(*, by: User, now: datetime) -> Review | None:
    """Lease the first item in working order to a reviewer; None when nothing is left for them."""
    refuse(why_not_score(by))
    with transaction.atomic():
        # Two tabs of one person ask one after the other, so that the limit holds.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        refuse(why_not_more(by, now=now))
        while (pk := _first(by, now=now)) is not None:
            if lease(pk, by=by, now=now):
                return opened(pk, by=by, now=now)
    return None


def take(item: QueueItem, *, by: User, now: datetime) -> Review:
    """Lease one named item to a reviewer (a draft taken up again); exactly one caller wins."""
    refuse(why_not_score(by))
    refuse(why_not_claim(by, item, now=now))
    with transaction.atomic():
        if not (renew(item, by=by, now=now) or lease(item.pk, by=by, now=now)):
            raise Refused(Refusal("taken", 409, _("Someone else was a moment faster. Take the next one.")))
        return opened(item.pk, by=by, now=now)


def renew(item: QueueItem, *, by: User, now: datetime) -> bool:
    """Keep one's own lease running while the page is open; False when the item is not one's own any more."""
    own = QueueItem.objects.open().filter(pk=item.pk, claimed_by=by)
    return bool(own.update(claimed_until=now + LEASE))


@transaction.atomic
def hold(item: QueueItem, *, by: User, now: datetime) -> bool:
    """Renew one's lease, or take the item again when it ran out and nobody else has it; False when that is too late."""
    if renew(item, by=by, now=now):
        return True
    if not lease(item.pk, by=by, now=now):
        return False
    audit.record("item.claimed", target=item, by=by, at=now)
    return True


@transaction.atomic
def release(item: QueueItem, *, by: User, now: datetime) -> bool:
    """Give an item back; the draft stays. What was picked by hand ends. False when there was nothing to give back."""
    if item.is_by_hand and not item.reviews.exclude(author=by).exists():
        return _give_up(item, by=by, now=now)
    held = QueueItem.objects.filter(pk=item.pk, status=QueueItem.Status.CLAIMED, claimed_by=by)
    given_back = held.update(status=QueueItem.Status.AVAILABLE, claimed_by=None, claimed_until=None)
    if given_back:
        audit.record("item.released", target=item, by=by, at=now)
    return bool(given_back)


def _give_up(item: QueueItem, *, by: User, now: datetime) -> bool:
    """End what somebody picked by hand: nobody else waits for it."""
    free = Q(claimed_by=None) | Q(claimed_by=by)
    ended = (
        QueueItem.objects.open()
        .filter(free, pk=item.pk, review__author=by)
        .update(status=QueueItem.Status.WITHDRAWN, claimed_by=None, claimed_until=None, ended_at=now, ended_by=by)
    )
    if ended:
        audit.record("item.withdrawn", target=item, by=by, at=now)
    return bool(ended)


def sweep(*, now: datetime) -> int:
    """Return the items whose lease ran out or whose holder was deactivated; the number returned."""
    lapsed = QueueItem.objects.lapsed(now)
    if not lapsed.exists():
        return 0
    with transaction.atomic():
        # What is locked is being saved or submitted at this moment, so it did not lapse after all.
        locked = lapsed.select_for_update(skip_locked=True, of=("self",), no_key=True)
        items = list(locked.select_related("conversation").order_by("pk")[:BATCH])
        QueueItem.objects.filter(pk__in=[item.pk for item in items]).update(
            status=QueueItem.Status.AVAILABLE, claimed_by=None, claimed_until=None
        )
        # A lease that runs on is given back because its holder was deactivated.
        ran_out = {item.pk for item in items if item.claimed_until is not None and item.claimed_until < now}
        verbs = {item.pk: "item.lapsed" if item.pk in ran_out else "item.released" for item in items}
        audit.record_many([audit.event(verbs[item.pk], target=item, by=None, at=now) for item in items])
    return len(items)


def why_not_more(by: User, *, now: datetime) -> Refusal | None:
    """Explain why somebody who holds much gets nothing more."""
    if QueueItem.objects.held_by(by, now).count() < MOST_HELD:
        return None
    sentence = _("You hold %(n)d unfinished conversations. Finish or release one first.") % {"n": MOST_HELD}
    return Refusal("too_many_held", 409, sentence)


def _first(by: User, *, now: datetime) -> int | None:
    items = QueueItem.objects.claimable(now).offered_to(by).in_working_order()
    # Two reviewers who ask at once lock different rows instead of waiting for each other. SQLite has no row locks and
    # needs none: this transaction took the write lock at its beginning.
    locked = items.select_for_update(skip_locked=True, of=("self",), no_key=True)
    return locked.values_list("pk", flat=True).first()


def lease(pk: int, *, by: User, now: datetime) -> bool:
    """Take an item while nobody else holds it; False when that is too late."""
    # The UPDATE is the decision: it finds the row only while nobody else holds it.
    free = QueueItem.objects.claimable(now).filter(pk=pk)
    return bool(free.update(status=QueueItem.Status.CLAIMED, claimed_by=by, claimed_until=now + LEASE))


def opened(pk: int, *, by: User, now: datetime) -> Review:
    """Return a person's draft on an item they hold, begun now if there is none."""
    item = QueueItem.objects.select_related("conversation").get(pk=pk)
    review = Review.objects.filter(item=item, author=by).first()
    if review is None:
        review = _begun(item, by=by, now=now)
    audit.record("item.claimed", target=item, by=by, at=now)
    return review


def _begun(item: QueueItem, *, by: User, now: datetime) -> Review:
    return Review.objects.create(
        item=item,
        author=by,
        purpose=item.purpose,
        pool=item.pool,
        conversation=item.conversation,
        transcript_id=item.transcript_id,
        agent_id=item.agent_id,
        team_id=item.team_id,
        rubric_version_id=item.rubric_version_id,
        created_at=now,
        updated_at=now,
    )
