"""Hand each item to one reviewer. A lease holds it; a lost lease returns the item and keeps the draft."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from accounts.models import Agent, User
from core import audit, prepared
from core.prepared import Prepared, PreparedInsert, PreparedUpdate
from core.refusals import Refusal, Refused, refuse
from reviews.models import QueueItem, Review
from reviews.models.queue import QueueItemQuerySet
from reviews.policies import why_not_claim, why_not_more, why_not_score
from reviews.selectors.pairs import met_lately
from reviews.selectors.queue import offered_to_slots, team_slots
from reviews.services import rescoring

LEASE = timedelta(minutes=20)
BATCH = 500
# What a review takes over from its item, so that lists need no join through the queue.
COPIED = ("purpose", "pool", "conversation_id", "transcript_id", "agent_id", "team_id", "rubric_version_id")


def next_item(*, by: User, now: datetime) -> Review | None:
    """Lease the first item in working order to a reviewer; None when nothing is left for them."""
    refuse(why_not_score(by))
    with transaction.atomic():
        # Two tabs of one person ask one after the other, so that the limit holds.
        ASKING.rows(by=by.pk)
        refuse(why_not_more(by, now=now))
        while (item := _first(by, now=now)) is not None:
            if lease(item.pk, by=by, now=now):
                return _opened(item, by=by, now=now)
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


def give_back(user: User, *, agent: Agent, by: User, now: datetime) -> None:
    """Return what a person holds of an agent whom they do not review any more; their drafts are kept."""
    held = QueueItem.objects.filter(status=QueueItem.Status.CLAIMED, claimed_by=user, agent=agent)
    items = list(held.exclude(purpose=QueueItem.Purpose.SELF).select_related("conversation").order_by("pk"))
    held.filter(pk__in=[item.pk for item in items]).update(
        status=QueueItem.Status.AVAILABLE, claimed_by=None, claimed_until=None
    )
    audit.record_many([audit.event("item.released", target=item, by=by, at=now) for item in items])


def _give_up(item: QueueItem, *, by: User, now: datetime) -> bool:
    """End what somebody picked by hand: nobody else waits for it."""
    if not item.reviews.filter(author=by).exists():
        return False
    free = Q(claimed_by=None) | Q(claimed_by=by)
    ended = (
        QueueItem.objects.open()
        .filter(free, pk=item.pk)
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


def _first(by: User, *, now: datetime) -> QueueItem | None:
    met = met_lately(by, now=now)
    rested = _first_but_for(met, by=by, now=now) if met is not None else None
    if rested is not None:
        return rested
    shape, teams = team_slots(by)
    return FIRST.first(shape, by=by.pk, now=now, **teams)


def _first_but_for(met: Q, *, by: User, now: datetime) -> QueueItem | None:
    """Return the first item of an agent whom a reviewer has not judged lately; when there is none, any will do."""
    items = QueueItem.objects.claimable(now).offered_to(by).exclude(met).in_working_order()
    locked = items.select_for_update(skip_locked=True, of=("self",), no_key=True).values_list("pk", flat=True)
    pk = next(iter(locked[:1]), None)
    return None if pk is None else NAMED.first(item=pk, by=by.pk)


def _write_first(shape: int | None) -> QueueItemQuerySet:
    # Two reviewers who ask at once lock different rows instead of waiting for each other. SQLite has no row locks and
    # needs none: this transaction took the write lock at its beginning.
    items = _to_open(offered_to_slots(shape)).in_working_order()
    return items.select_for_update(skip_locked=True, of=("self",), no_key=True)[:1]


def _to_open(items: QueueItemQuerySet) -> QueueItemQuerySet:
    """Fetch with each item what opening it needs: its name for the audit trail, and the draft that is there."""
    draft = Review.objects.filter(item=OuterRef("pk"), author=prepared.number("by")).order_by().values("pk")
    return (
        items.select_related("conversation")
        .only(*COPIED, "seat", "conversation__external_id")
        .annotate(draft_id=Subquery(draft))
    )


def lease(pk: int, *, by: User, now: datetime) -> bool:
    """Take an item while nobody else holds it; False when that is too late."""
    # The UPDATE is the decision: it finds the row only while nobody else holds it.
    return bool(LEASED.run(item=pk, by=by.pk, now=now, until=now + LEASE))


def opened(pk: int, *, by: User, now: datetime) -> Review:
    """Return a person's draft on an item they hold, begun now if there is none."""
    item = NAMED.first(item=pk, by=by.pk)
    assert item is not None
    return _opened(item, by=by, now=now)


def _opened(item: QueueItem, *, by: User, now: datetime) -> Review:
    draft_id: int | None = item.draft_id  # type: ignore[attr-defined]  # annotated by _to_open
    review = _begun(item, by=by, now=now) if draft_id is None else Review.objects.get(pk=draft_id)
    audit.record("item.claimed", target=item, by=by, at=now)
    if item.purpose == QueueItem.Purpose.DISPUTE:
        rescoring.begun(item, by=by, now=now)
    return review


def _begun(item: QueueItem, *, by: User, now: datetime) -> Review:
    copied = {name: getattr(item, name) for name in COPIED}
    return BEGUN.one(Review(item=item, author=by, created_at=now, updated_at=now, **copied))


# What every claim sends, put into SQL once.
ASKING = Prepared(
    lambda: User.objects.filter(pk=prepared.number("by")).select_for_update(no_key=True).values_list("pk")
)
FIRST = Prepared(_write_first)
BEGUN = PreparedInsert(Review)
NAMED = Prepared(lambda: _to_open(QueueItem.objects.filter(pk=prepared.number("item"))))
LEASED = PreparedUpdate(
    lambda: (
        QueueItem.objects.still_theirs(prepared.number("by"), prepared.moment("now")).filter(
            pk=prepared.number("item")
        ),
        {
            "status": QueueItem.Status.CLAIMED,
            "claimed_by": prepared.number("by"),
            "claimed_until": prepared.moment("until"),
        },
    )
)
