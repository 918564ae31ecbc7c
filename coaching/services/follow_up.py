"""When a plan is followed up, and the extra random picks that the sampler is asked for until then.

The picks are drawn like any other and look like any other: no reviewer learns whose follow-up is scored.
"""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

from coaching import spans
from coaching.models import Plan
from sampling.models import QuotaBoost
from sampling.services import boosts

WEEK = timedelta(weeks=1)


def begin(plan: Plan, *, now: datetime) -> None:
    """Set from when an accepted plan is followed up, and ask for its extra picks."""
    if plan.follow_up_on is None:
        return
    begins = max(spans.first_day(plan.follow_up_on), spans.first_day_after(now))
    _set(plan, begins=begins, on=plan.follow_up_on)
    _draw_from(plan, now=now)


def move(plan: Plan, on: date | None, *, now: datetime) -> None:
    """Follow an accepted plan up on another day; what was drawn so far stays part of it."""
    if on is None:
        _set(plan, begins=None, on=None)
    elif plan.follow_up_from is None or now < spans.day_start(plan.follow_up_from):
        _set(plan, begins=max(spans.first_day(on), spans.first_day_after(now)), on=on)
    else:
        _set(plan, begins=plan.follow_up_from, on=on)
    _draw_from(plan, now=now)


def postpone(plan: Plan, *, now: datetime) -> None:
    """Move the follow-up of a plan that is shared later than it was meant to begin."""
    if plan.follow_up_from is None or plan.follow_up_on is None:
        return
    late = spans.first_day_after(now) - plan.follow_up_from
    if late > timedelta():
        _set(plan, begins=plan.follow_up_from + late, on=plan.follow_up_on + late)
        _draw_from(plan, now=now)


def end(plan: Plan, *, now: datetime) -> None:
    """Draw nothing more for a plan."""
    boosts.end(_prefix(plan), now=now)


def extra_of(quota: int, *, starts_at: datetime, ends_at: datetime) -> int:
    """Return how many of a quota for four weeks are asked for in a time that may be shorter or longer."""
    ahead = max(timedelta(), ends_at - starts_at) / WEEK
    return math.ceil(round(quota / spans.DRAWN_WEEKS * ahead, 6))


def _draw_from(plan: Plan, *, now: datetime) -> None:
    """Ask for the picks of the days still to come; what was asked for before is taken back."""
    end(plan, now=now)
    if plan.follow_up_from is None or plan.follow_up_on is None:
        return
    starts_at = max(spans.day_start(plan.follow_up_from), now)
    ends_at = spans.day_start(spans.last_day(plan.follow_up_on)) + timedelta(days=1)
    number = QuotaBoost.objects.filter(key__startswith=_prefix(plan)).count() + 1
    boosts.ask(
        f"{_prefix(plan)}{number}",
        agent=plan.agent,
        skill=plan.skill,
        extra=extra_of(plan.follow_up_quota, starts_at=starts_at, ends_at=ends_at),
        starts_at=starts_at,
        ends_at=ends_at,
    )


def _set(plan: Plan, *, begins: date | None, on: date | None) -> None:
    plan.follow_up_from, plan.follow_up_on = begins, on
    Plan.objects.filter(pk=plan.pk).update(follow_up_from=begins, follow_up_on=on)


def _prefix(plan: Plan) -> str:
    return f"coaching-plan:{plan.pk}:"
