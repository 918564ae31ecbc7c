"""The periods of a plan: which one a moment lies in, which one closed last, and which terms each one had."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sampling import cycles
from sampling.cycles import Era, Period
from sampling.models import Plan
from sampling.terms import Terms


def eras(plan: Plan) -> list[Era]:
    """Return the plan's eras, oldest first: one per set of terms it ever had."""
    made: list[Era] = []
    first_day, starts_at = None, None
    for past in sorted(plan.past_terms.all(), key=lambda past: past.ends_at):
        terms = Terms.from_json(past.terms)
        made.append(Era(terms.cycle, terms.time_zone, first_day, starts_at, past.ends_at))
        first_day, starts_at = past.day_after, past.ends_at
    return [*made, Era(plan.cycle, plan.time_zone, first_day, starts_at)]


def containing(plan: Plan, moment: datetime) -> Period:
    """Return the period that a moment lies in."""
    return cycles.containing(eras(plan), moment)


def last_closed(plan: Plan, now: datetime) -> Period:
    """Return the last period that is over, settled or not."""
    known = eras(plan)
    return cycles.before(known, cycles.containing(known, now))


def previous(plan: Plan, period: Period) -> Period:
    """Return the period that ends where this one starts."""
    return cycles.before(eras(plan), period)


def following(plan: Plan, period: Period) -> Period:
    """Return the period that starts where this one ends."""
    return cycles.after(eras(plan), period)


def first(plan: Plan) -> Period:
    """Return the first period that the plan draws by itself: the one around the day it starts on."""
    known = eras(plan)
    day = cycles.midnight(plan.starts_on, ZoneInfo(known[0].time_zone))
    return cycles.containing(known, day)


def terms_of(plan: Plan, period: Period) -> Terms:
    """Return the terms that hold for a period: those at its start."""
    for past in sorted(plan.past_terms.all(), key=lambda past: past.ends_at):
        if period.starts_at < past.ends_at:
            return Terms.from_json(past.terms)
    return Terms.of(plan)
