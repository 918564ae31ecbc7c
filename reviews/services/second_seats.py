"""Draw a share of the sample for a second reviewer, silently (statistics.md 1.10). It never counts in an average."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from core import audit
from reviews.models import QueueItem, QueueRules, Review
from reviews.selectors.desk import Desk, Place, Seats, desk
from reviews.services import seating
from reviews.services.assigning import secrets_of
from sampling.design import assign_reviewer, prn, unit_name
from sampling.models import Pick

WEEK = DUE = timedelta(days=7)
OPEN_BY = 3  # days into a week: all of its second looks are open by Thursday
LEAST = timedelta(days=2)  # to do one that opens when the week is nearly over
CALIBRATION = QueueItem.Purpose.CALIBRATION


def beside(items: Sequence[QueueItem], *, now: datetime) -> list[QueueItem]:
    """Return unsaved second seats at the share of fresh primary items that u("calib|period", unit) draws."""
    share = {plan: float(rules.second_share) / 100 for plan, rules in _rules(items).items()}
    asked = [item for item in items if item.seat == 1 and share.get(item.plan_id or 0, 0) > 0]
    secrets = secrets_of({item.pick.draw for item in asked if item.pick.draw is not None}, now=now)
    chosen = [item for item in asked if _u(item.pick, secrets) < share[item.plan_id or 0]]
    return _opened(chosen, secrets, now=now)


def top_up(*, now: datetime) -> int:
    """Give every reviewer's week the second looks it lacks, the smallest u first; the number opened.

    They open while the week runs, some of them from its second day on, so that they are done within it; what is still
    lacking when it is over opens then.
    """
    local = timezone.localtime(now)
    monday = local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=local.weekday())
    late = _top_up(list(_finished(monday - WEEK, monday)), now=now, share=1.0, due_at=now + DUE)
    share = min(1.0, local.weekday() / OPEN_BY)
    return late + _top_up(list(_finished(monday, now)), now=now, share=share, due_at=max(monday + WEEK, now + LEAST))


def _top_up(items: Sequence[QueueItem], *, now: datetime, share: float, due_at: datetime) -> int:
    """Open what lacks of a share of what each reviewer's week needs."""
    rules, secrets = _rules(items), secrets_of({item.pick.draw for item in items if item.pick.draw}, now=now)
    weeks: dict[tuple[int | None, int | None], list[QueueItem]] = defaultdict(list)
    for item in items:
        weeks[item.plan_id, item.ended_by_id].append(item)
    chosen: list[QueueItem] = []
    for (plan, _reviewer), week in weeks.items():
        rest = [item for item in week if not item.has_second]  # type: ignore[attr-defined]
        lacking = math.ceil(rules[plan or 0].second_at_least * share) - (len(week) - len(rest))
        # What its agent has not read yet nobody else can have read either.
        rest.sort(key=lambda item: (item.is_published, _u(item.pick, secrets)))  # type: ignore[attr-defined]
        chosen += rest[: max(lacking, 0)]
    return _open(chosen, secrets, now=now, due_at=due_at)


def pass_on(*, now: datetime) -> int:
    """Pass on the second seats of those who are away until they are due, or can no longer take them; the number."""
    # A seat in a calibration session, which hangs on no draw, is one person's own.
    waiting = QueueItem.objects.filter(purpose=CALIBRATION, status=QueueItem.Status.AVAILABLE, pick__draw__isnull=False)
    items = list(waiting.select_related("conversation").order_by("pk"))
    found = desk({item.plan_id for item in items}, now=now)
    needed = _needed(items, found)
    rest = [item for item in items if item not in needed]
    lost = [item for item in rest if item.assigned_to_id is None or not found.fits(item.assigned_to_id, _place(item))]
    return sum(_pass_on(item, now=now) for item in lost) + sum(_withdraw(item, now=now) for item in needed)


def _needed(items: Sequence[QueueItem], found: Desk) -> list[QueueItem]:
    """Return the second seats of those who alone are left for the first one, which counts."""
    picks = [item.pick_id for item in items]
    free = QueueItem.objects.claimable(found.now).filter(pick__in=picks, purpose=QueueItem.Purpose.PRIMARY)
    firsts, seats = {item.pick_id: item for item in free}, Seats(items)
    nobody = {pick for pick, first in firsts.items() if not found.shares(_place(first, seats.elsewhere(first)))}
    return [item for item in items if item.pick_id in nobody]


@transaction.atomic
def _pass_on(item: QueueItem, *, now: datetime) -> bool:
    if not _withdraw(item, now=now):
        return False
    hand_on(item, now=now)
    return True


@transaction.atomic
def _withdraw(item: QueueItem, *, now: datetime) -> bool:
    still = QueueItem.objects.filter(pk=item.pk, status=QueueItem.Status.AVAILABLE, assigned_to=item.assigned_to_id)
    if not still.update(status=QueueItem.Status.WITHDRAWN, ended_at=now):
        return False
    audit.record("item.withdrawn", target=item, by=None, at=now)
    return True


def _place(item: QueueItem, taken: frozenset[int] = frozenset(), *, due_at: datetime | None = None) -> Place:
    return Place(item.plan_id, item.agent_id, item.team_id, due_at or item.due_at, taken)


def hand_on(item: QueueItem, *, now: datetime) -> None:
    """Give a second seat that its person does not take to somebody else; nobody free: it ends."""
    found = QueueItem.objects.filter(pk=item.pk)
    one = found.select_related("pick__draw", "pick__completion", "conversation__source").get()
    secrets = secrets_of({one.pick.draw} if one.pick.draw else set(), now=now)
    last = QueueItem.objects.filter(pick=one.pick_id, purpose=CALIBRATION).aggregate(last=Max("seat"))["last"]
    _open([one], secrets, now=now, seat=(last or 0) + 1)


def _open(
    items: Sequence[QueueItem], secrets: dict[int, bytes], *, now: datetime, due_at: datetime | None = None,
    seat: int = 1,
) -> int:  # fmt: skip
    opened = _opened(items, secrets, now=now, due_at=due_at, seat=seat)
    return len(QueueItem.objects.bulk_create(opened, ignore_conflicts=True))


def _opened(
    items: Sequence[QueueItem], secrets: dict[int, bytes], *, now: datetime, due_at: datetime | None = None,
    seat: int = 1,
) -> list[QueueItem]:  # fmt: skip
    if not items:
        return []
    found, seats = desk({item.plan_id for item in items}, now=now), Seats(items)
    opened = []
    for item in items:
        due = seating.end_of_day(due_at, item.plan) if due_at else item.due_at
        person = _person(item, found, seats.everybody(item), secrets, due_at=due)
        if person is not None:
            made = seating.another(item, purpose=CALIBRATION, seat=seat, due_at=due, now=now, assigned_to_id=person)
            opened.append(made)
    return opened


def _person(
    item: QueueItem, found: Desk, taken: frozenset[int], secrets: dict[int, bytes], *, due_at: datetime
) -> int | None:
    draw = item.pick.draw
    if draw is None:
        return None
    shares = found.shares(_place(item, taken, due_at=due_at))
    # Where only one person could, they are needed for the first seat.
    if len(shares) < (1 if taken else 2):
        return None
    chosen = assign_reviewer(secrets[draw.pk], f"calib|{draw.period}", _unit(item.pick), shares)
    return int(chosen) if chosen is not None else None


def _finished(since: datetime, until: datetime) -> QuerySet[QueueItem]:
    """Return the primary items that were submitted in a week, with whether a second seat is there."""
    second = QueueItem.objects.filter(pick=OuterRef("pick"), purpose=CALIBRATION)
    published = Review.objects.published().filter(item=OuterRef("pk"))
    return (
        QueueItem.objects.drawn()
        .filter(
            status=QueueItem.Status.SUBMITTED,
            purpose=QueueItem.Purpose.PRIMARY,
            ended_at__gte=since,
            ended_at__lt=until,
            pick__dropped=Pick.Dropped.NO,
            pick__draw__voided_at=None,
        )
        .annotate(has_second=Exists(second), is_published=Exists(published))
        .select_related("pick__draw", "pick__completion", "pick__conversation__source", "plan")
        .order_by("pk")
    )


def _rules(items: Iterable[QueueItem]) -> dict[int, QueueRules]:
    plans = {item.plan_id for item in items if item.plan_id is not None}
    set_ones = {rules.plan_id: rules for rules in QueueRules.objects.filter(plan__in=plans)}
    return {plan: set_ones.get(plan) or QueueRules(plan_id=plan) for plan in plans}


def _unit(pick: Pick) -> str:
    return unit_name(pick.conversation.source.slug, pick.conversation.external_id, pick.completion.number)


def _u(pick: Pick, secrets: dict[int, bytes]) -> float:
    assert pick.draw is not None
    return prn(secrets[pick.draw.pk], f"calib|{pick.draw.period}", _unit(pick))
