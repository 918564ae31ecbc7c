"""Which draws are due: periods that closed and settled while their plan was active, and that nobody drew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from datetime import datetime, timedelta
from typing import NamedTuple

from sampling import cycles, periods
from sampling.cycles import Period
from sampling.models import Draw, Plan

PERIODS_BACK = 60
Drawn = Set[tuple[int, str]]


class Due(NamedTuple):
    """One draw that should be made."""

    plan: Plan
    period: Period


class Next(NamedTuple):
    """The draw that comes next by itself, and when."""

    period: Period
    at: datetime
    is_due: bool


def due(now: datetime) -> list[Due]:
    """Return the draws that are due, each plan's oldest first. Four queries, whatever the number of plans."""
    plans = list(Plan.objects.active().prefetch_related("past_terms", "pauses"))
    drawn = drawn_periods(plans)
    return [Due(plan, period) for plan in plans for period in _open(plan, drawn, now)]


def due_of(plan: Plan, now: datetime) -> list[Period]:
    """Return the periods of one plan that are due, oldest first."""
    return list(_open(plan, drawn_periods([plan]), now)) if plan.status == Plan.Status.ACTIVE else []


def drawn_periods(plans: Iterable[Plan]) -> Drawn:
    """Return the plans and periods that have a draw, voided or not."""
    return set(Draw.objects.filter(plan__in=[plan.pk for plan in plans]).values_list("plan_id", "period"))


def next_draw(plan: Plan, drawn: Drawn, now: datetime) -> Next | None:
    """Return the draw that a plan makes next by itself; None while it is paused or archived."""
    if plan.status != Plan.Status.ACTIVE:
        return None
    first, running, last = periods.first(plan), periods.containing(plan, now), periods.last_closed(plan, now)
    waiting = next(_open(plan, drawn, now), None)
    if waiting is None and _is_wanted(plan, last, drawn):
        waiting = last  # over, and settling
    period = waiting or max(running, first, key=lambda period: period.starts_at)
    at = period.ends_at + _settle(plan, period)
    return Next(period, at, is_due=at <= now)


def _open(plan: Plan, drawn: Drawn, now: datetime) -> Iterator[Period]:
    """Yield the settled periods that should have been drawn, oldest first."""
    known = periods.eras(plan)
    period = cycles.before(known, cycles.containing(known, now))
    found = []
    for _ in range(PERIODS_BACK):
        if period.starts_at < periods.first(plan).starts_at:
            break
        if period.ends_at + _settle(plan, period) <= now and _is_wanted(plan, period, drawn):
            found.append(period)
        period = cycles.before(known, period)
    return reversed(found)


def _is_wanted(plan: Plan, period: Period, drawn: Drawn) -> bool:
    if period.starts_at < periods.first(plan).starts_at or (plan.pk, period.label) in drawn:
        return False
    return not any(
        pause.starts_at <= period.ends_at and (pause.ends_at is None or period.ends_at < pause.ends_at)
        for pause in plan.pauses.all()
    )


def _settle(plan: Plan, period: Period) -> timedelta:
    return timedelta(hours=periods.terms_of(plan, period).settle_hours)
