"""Keep the queue in step with the draws. Safe to run at any time, by anybody, twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core import audit
from reviews.models import QueueItem
from reviews.services import assigning, expiry, pools, seating, second_seats
from sampling.models import Pick

BATCH = 500
# What was released earlier has its item, or waits for something rare: a transcript that comes late.
RECENTLY = timedelta(days=14)
S = QueueItem.Status


def fill(*, now: datetime, among: QuerySet[Pick] | None = None) -> int:
    """Give each pick that stands a primary item, and withdraw those of picks that do not; the number made.

    Among all picks, or some of them: to look through all takes the longer, the more was ever drawn.
    """
    withdraw(now=now)
    pools.follow(now=now)
    # Asked for once, not for each batch anew. Put in order here: asked for the order, SQLite goes through all picks.
    lacking = sorted(without_item(among).values_list("pk", flat=True))
    return sum(_fill(lacking[first : first + BATCH], now=now) for first in range(0, len(lacking), BATCH))


def fill_recent(*, now: datetime) -> int:
    """Fill the queue with what was released in the last two weeks; the number made."""
    return fill(now=now, among=Pick.objects.filter(released_at__gte=now - RECENTLY))


def fill_beside(pick: Pick, *, now: datetime) -> int:
    """Fill the queue with what took a pick's place, or with the pick itself when it came back; the number made."""
    beside = Q(pk=pick.pk) if pick.stratum_id is None else Q(stratum=pick.stratum_id)
    return fill(now=now, among=Pick.objects.filter(beside))


@transaction.atomic
def _fill(pks: list[int], *, now: datetime) -> int:
    primary = QueueItem.objects.filter(pick=OuterRef("pk"), purpose=QueueItem.Purpose.PRIMARY)
    last_seat = Subquery(primary.order_by("-seat").values("seat")[:1])
    picks = (
        without_item(Pick.objects.filter(pk__in=pks))
        .order_by("pk")
        .annotate(last_seat=Coalesce(last_seat, 0))
        .select_related("draw__plan", "conversation__source", "completion")
    )
    items = [_item(pick, now=now) for pick in picks]
    assigning.assign(items, now=now)
    # All in the order of the draw, so that not even the numbers of the rows tell which ones are second looks.
    rows = sorted([*items, *second_seats.beside(items, now=now)], key=lambda item: (item.u, item.pick_id))
    # The next seat of a pick is taken once; whoever comes second changes nothing.
    QueueItem.objects.bulk_create(rows, ignore_conflicts=True)
    return len(items)


def withdraw(*, now: datetime) -> int:
    """Take back open items whose draw was voided or whose pick left the sample; drafts are kept. The number taken."""
    left = Q(pick__draw__voided_at__isnull=False) | ~Q(pick__dropped=Pick.Dropped.NO)
    gone = QueueItem.objects.open().filter(left, purpose__in=expiry.PURPOSES)
    if not gone.exists():
        return 0
    with transaction.atomic():
        locked = gone.select_for_update(of=("self",), no_key=True)
        items = list(locked.select_related("conversation").order_by("pk")[:BATCH])
        QueueItem.objects.filter(pk__in=[item.pk for item in items]).update(
            status=S.WITHDRAWN, claimed_by=None, claimed_until=None, ended_at=now
        )
        audit.record_many([audit.event("item.withdrawn", target=item, by=None, at=now) for item in items])
        expiry.tell_authors([item.pk for item in items], "item.withdrawn", now=now)
    return len(items)


def without_item(among: QuerySet[Pick] | None = None) -> QuerySet[Pick]:
    """Return the standing picks that nobody has reviewed or is asked to review, in no order."""
    primary = QueueItem.objects.filter(pick=OuterRef("pk"), purpose=QueueItem.Purpose.PRIMARY)
    alive = primary.filter(status__in=[S.AVAILABLE, S.CLAIMED, S.SUBMITTED])
    standing = Pick.objects.standing()
    if among is not None:
        standing &= among
    return standing.filter(~Exists(alive), draw__isnull=False, conversation__transcript__isnull=False).order_by()


def _item(pick: Pick, *, now: datetime) -> QueueItem:
    assert pick.draw is not None and pick.conversation.transcript_id is not None  # noqa: PT018
    return QueueItem(
        pick=pick,
        purpose=QueueItem.Purpose.PRIMARY,
        seat=pick.last_seat + 1,  # type: ignore[attr-defined]  # annotated by _fill
        plan_id=pick.draw.plan_id,
        conversation=pick.conversation,
        transcript_id=pick.conversation.transcript_id,
        agent_id=pick.agent_id,
        team_id=pick.team_id,
        rubric_version_id=pick.draw.rubric_version_id,
        pool=pick.pool,
        u=pick.u or 0,
        # A replacement that is released late still gets a day.
        due_at=max(pick.draw.due_at, seating.end_of_day(pick.released_at + timedelta(days=1), pick.draw.plan)),
        created_at=now,
    )
