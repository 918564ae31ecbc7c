"""Which draws are due: periods that closed and settled while their plan was active, and that nobody drew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sampling import cycles, periods
from sampling.cycles import Period
from sampling.models import Draw, Plan

PERIODS_BACK = 60


class Due(NamedTuple):
    """One draw that should be made."""

    plan: Plan
    period: Period


def due(now: datetime) -> list[Due]:
    """Return the draws that are due, each plan's oldest first. Three queries, whatever the number of plans."""
    plans = Plan.objects.active().prefetch_related("past_terms", "pauses")
    drawn = set(Draw.objects.filter(plan__in=plans).values_list("plan_id", "period"))
    return [Due(plan, period) for plan in plans for period in _open(plan, drawn, now)]


def due_of(plan: Plan, now: datetime) -> list[Period]:
    """Return the periods of one plan that are due, oldest first."""
    if plan.status != Plan.Status.ACTIVE:
        return []
    drawn = set(Draw.objects.filter(plan=plan).values_list("plan_id", "period"))
    return list(_open(plan, drawn, now))


def next_draw_at(plan: Plan, now: datetime) -> tuple[Period, datetime]:
    """Return the period that is drawn next by itself, and when: after its close and the settle time."""
    waiting = due_of(plan, now)
    period = waiting[0] if waiting else max(periods.containing(plan, now), periods.first(plan), key=_start)
    if not waiting:
        # The last period may be over and still settling.
        last = periods.last_closed(plan, now)
        drawn = plan.draws.filter(period=last.label).exists()
        if not drawn and last.starts_at >= periods.first(plan).starts_at and not _paused_over(plan, last):
            period = last
    return period, period.ends_at + _settle(plan, period)


def _open(plan: Plan, drawn: set[tuple[int, str]], now: datetime) -> Iterator[Period]:
    known = periods.eras(plan)
    start = periods.first(plan).starts_at
    period = cycles.before(known, cycles.containing(known, now))
    found = []
    for _ in range(PERIODS_BACK):
        if period.starts_at < start:
            break
        settled = period.ends_at + _settle(plan, period) <= now
        if settled and (plan.pk, period.label) not in drawn and not _paused_over(plan, period):
            found.append(period)
        period = cycles.before(known, period)
    return reversed(found)


def _settle(plan: Plan, period: Period) -> timedelta:
    return timedelta(hours=periods.terms_of(plan, period).settle_hours)


def _paused_over(plan: Plan, period: Period) -> bool:
    """Say whether a period closed while the plan was paused."""
    return any(
        pause.starts_at <= period.ends_at and (pause.ends_at is None or period.ends_at < pause.ends_at)
        for pause in plan.pauses.all()
    )


def _start(period: Period) -> datetime:
    return period.starts_at
