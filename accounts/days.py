"""Turn the days of a form into moments, in the time zone of the person who filled it in."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def begin(day: date, *, now: datetime) -> datetime:
    """Return when something that begins on this day begins: today is now, another day its midnight."""
    return now if day == timezone.localdate(now) else _midnight(day)


def end(day: date) -> datetime:
    """Return when something ends whose last day is this one."""
    return _midnight(day + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
