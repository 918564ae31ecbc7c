"""The calendar of a plan, pure: which half-open interval of time each period is, and what it is called.

A period is whole days in the plan's time zone. An era is the time during which cycle and zone stay the same; it
changes only where a period ends, so that the periods of a plan never overlap and leave no gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAILY, WEEKLY, TWO_WEEKLY, MONTHLY = "daily", "weekly", "two_weekly", "monthly"
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From `starts_at` up to, not including, `ends_at`; the days are those of `time_zone`, both included."""

    label: str
    starts_at: datetime
    ends_at: datetime
    first_day: date
    last_day: date
    time_zone: str

    @property
    def day_after(self) -> date:
        """Return the local day on which the next period begins."""
        return self.last_day + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Era:
    """One cycle and zone; the first era of a plan has no beginning, the last no end."""

    cycle: str
    time_zone: str
    first_day: date | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def containing(eras: Sequence[Era], moment: datetime) -> Period:
    """Return the period that a moment lies in. Eras are given in order of time."""
    era = next(era for era in eras if era.ends_at is None or moment < era.ends_at)
    zone = ZoneInfo(era.time_zone)
    day = moment.astimezone(zone).date()
    if era.first_day is not None:
        # After a move to the west the old zone's midnight is still the evening before: no second period for that day.
        day = max(day, era.first_day)
    first, after = _bounds(era.cycle, day)
    starts_at = midnight(first, zone)
    if era.starts_at is not None and era.first_day is not None:
        starts_at = era.starts_at if first <= era.first_day else max(starts_at, era.starts_at)
    return Period(_label(era.cycle, first), starts_at, midnight(after, zone), first, after - timedelta(1), zone.key)


def before(eras: Sequence[Era], period: Period) -> Period:
    """Return the period that ends where this one starts."""
    return containing(eras, period.starts_at - MOMENT)


def after(eras: Sequence[Era], period: Period) -> Period:
    """Return the period that starts where this one ends."""
    return containing(eras, period.ends_at)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment of a local day in UTC; where the clock skips midnight, the moment of the skip."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _bounds(cycle: str, day: date) -> tuple[date, date]:
    """Return the first day of the nominal period around a day, and the day after its last."""
    if cycle == DAILY:
        return day, day + timedelta(days=1)
    if cycle == MONTHLY:
        first = day.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1)
    monday = day - timedelta(days=day.weekday())
    if cycle == WEEKLY:
        return monday, monday + timedelta(weeks=1)
    # Weeks are counted from Monday 1 January of year 1, so that two-week periods are the same for every plan.
    first = monday - timedelta(weeks=(monday.toordinal() - 1) // 7 % 2)
    return first, first + timedelta(weeks=2)


def _label(cycle: str, first: date) -> str:
    if cycle == DAILY:
        return first.isoformat()
    if cycle == MONTHLY:
        return f"{first:%Y-%m}"
    week = f"{first.isocalendar().year:04}-W{first.isocalendar().week:02}"
    if cycle == WEEKLY:
        return week
    return f"{week}-W{(first + timedelta(weeks=1)).isocalendar().week:02}"
