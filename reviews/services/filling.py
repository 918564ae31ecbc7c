"""Keep the queue in step with the draws. Safe to run at any time, by anybody, twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core import audit
from reviews.models import QueueItem
from reviews.services import assigning, expiry, pools, seating, second_seats
from sampling.models import Draw, Pick

BATCH = 500
# What was released earlier has its item, or waits for something rare: a transcript that comes late.
RECENTLY = timedelta(days=14)
S = QueueItem.Status


def fill(*, now: datetime, among: QuerySet[Pick] | None = None, since: datetime | None = None) -> int:
    """Give each pick that stands a primary item, and withdraw those of picks that do not; the number made.

    Among all picks, or some of them, and of what left the sample ever or since a moment: to look through all takes the
    longer, the more was ever drawn and the more is open.
    """
    withdraw(now=now, since=since)
    pools.follow(now=now, since=since)
    # Asked for once, not for each batch anew. Put in order here: asked for the order, SQLite goes through all picks.
    # Whether a conversation has its words yet is asked of these alone.
    lacking = sorted(without_item(among).values_list("pk", flat=True))
    return sum(_fill(lacking[first : first + BATCH], now=now) for first in range(0, len(lacking), BATCH))


def fill_recent(*, now: datetime) -> int:
    """Fill the queue with what was released in the last two weeks; the number made."""
    since = now - RECENTLY
    return fill(now=now, among=Pick.objects.filter(released_at__gte=since), since=since)


def fill_beside(pick: Pick, *, now: datetime) -> int:
    """Fill the queue with what took a pick's place at this moment, or with the pick that came back; the number made."""
    beside = Q(pk=pick.pk) if pick.stratum_id is None else Q(stratum=pick.stratum_id)
    return fill(now=now, among=Pick.objects.filter(beside), since=now)


@transaction.atomic
def _fill(pks: list[int], *, now: datetime) -> int:
    primary = QueueItem.objects.filter(pick=OuterRef("pk"), purpose=QueueItem.Purpose.PRIMARY)
    last_seat = Subquery(primary.order_by("-seat").values("seat")[:1])
    picks = (
        without_item(Pick.objects.filter(pk__in=pks))
        .filter(conversation__transcript__isnull=False)
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


def withdraw(*, now: datetime, since: datetime | None = None) -> int:
    """Take back open items whose draw was voided or whose pick left the sample; drafts are kept. The number taken.

    Of what left since a moment, which costs what left, not what is open; of all without one.
    """
    taken = 0
    while gone := _gone(since)[:BATCH]:
        taken += _withdraw(gone, now=now)
    return taken


def _gone(since: datetime | None) -> list[int]:
    """Return the open items of what left the sample, as ids; since a moment: asked from its side, as few leave."""
    items = QueueItem.objects.open().filter(purpose__in=expiry.PURPOSES).order_by()
    if since is None:
        gone = items.filter(Q(pick__draw__voided_at__isnull=False) | ~Q(pick__dropped=Pick.Dropped.NO))
        return sorted(gone.values_list("pk", flat=True))
    voided = list(Draw.objects.filter(voided_at__gte=since).order_by().values_list("pk", flat=True))
    left = [Pick.objects.filter(dropped_at__gte=since), Pick.objects.filter(draw__in=voided)]
    return sorted({pk for picks in left for pk in items.filter(pick__in=picks).values_list("pk", flat=True)})


@transaction.atomic
def _withdraw(pks: list[int], *, now: datetime) -> int:
    locked = QueueItem.objects.open().filter(pk__in=pks).select_for_update(of=("self",), no_key=True)
    items = list(locked.select_related("conversation").order_by("pk"))
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
        # What is new has the highest numbers. Told so, PostgreSQL reads their items, and not all that ever were. Asked
        # for the lowest number as such, both databases go through all picks from the first on until they meet one.
        first = among.aggregate(first=Min(F("pk") + 0))["first"]
        standing, alive = standing & among, alive.filter(pick__gte=first or 0)
    return standing.filter(~Exists(alive), draw__isnull=False).order_by()


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
