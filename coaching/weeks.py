"""ISO weeks by name ("2026-W47"). Pure.

The week of a moment is its week in UTC: a look is due when a week has ended there. A draw belongs to the week in
which its period ends, read in the draw's own time zone: a plan in Tokyo or Lima that runs from Monday to Sunday lies
in that very week, and a monthly draw lies in the week from which its reviews can be known.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
INSTANT = timedelta(microseconds=1)
MOST = 4096
"""Weeks whose dates are remembered: every look of every agent asks for the same few."""


def name_of(moment: datetime) -> str:
    """Return the ISO week that a moment lies in, in UTC."""
    return _name(moment.astimezone(UTC))


def of_draw(ends_at: datetime, *, time_zone: str) -> str:
    """Return the ISO week of a period's last moment in its own time zone."""
    return _name((ends_at - INSTANT).astimezone(ZoneInfo(time_zone)))


@lru_cache(MOST)
def start_of(week: str) -> datetime:
    """Return the first moment of a week."""
    year, number = week.split("-W")
    day = date.fromisocalendar(int(year), int(number), 1)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def end_of(week: str) -> datetime:
    """Return the first moment after a week."""
    return start_of(week) + WEEK


@lru_cache(MOST)
def shifted(week: str, by: int) -> str:
    """Return the week some weeks later (or, negative, earlier)."""
    return name_of(start_of(week) + by * WEEK)


def last_complete(now: datetime) -> str:
    """Return the newest week that has ended."""
    return shifted(name_of(now), -1)


def between(after: str, until: str) -> list[str]:
    """Return the weeks after one and up to another, in order."""
    found, week = [], shifted(after, 1)
    while week <= until:
        found.append(week)
        week = shifted(week, 1)
    return found


def apart(earlier: str, later: str) -> int:
    """Return how many weeks lie from one week to another."""
    return (start_of(later) - start_of(earlier)).days // 7


def _name(moment: datetime) -> str:
    year, week, _day = moment.isocalendar()
    return f"{year}-W{week:02}"
