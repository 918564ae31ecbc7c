"""ISO weeks by name ("2026-W47"), in UTC. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

WEEK = timedelta(days=7)


def name_of(moment: datetime) -> str:
    """Return the ISO week that a moment lies in."""
    year, week, _day = moment.astimezone(UTC).isocalendar()
    return f"{year}-W{week:02}"


def start_of(week: str) -> datetime:
    """Return the first moment of a week."""
    year, number = week.split("-W")
    day = date.fromisocalendar(int(year), int(number), 1)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def end_of(week: str) -> datetime:
    """Return the first moment after a week."""
    return start_of(week) + WEEK


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
