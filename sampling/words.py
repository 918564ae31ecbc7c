"""Periods, keys and terms as people read them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats

from sampling.cycles import Period
from sampling.models import Draw
from sampling.reasons import SkipReason

MOMENT = timedelta(microseconds=1)


def days(of: Period | Draw) -> str:
    """Write the local days of a period: "Mon 23 Feb – Sun 1 Mar 2026"."""
    zone = ZoneInfo(of.time_zone)
    first, last = of.starts_at.astimezone(zone).date(), (of.ends_at - MOMENT).astimezone(zone).date()
    if first == last:
        return _day(last, with_year=True)
    return f"{_day(first, with_year=first.year != last.year)} – {_day(last, with_year=True)}"


def local_moment(moment: datetime, zone: str) -> str:
    """Write a moment by the clock of a plan: "Tue 3 Mar, 00:00"."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{_day(local.date(), with_year=False)}, {local:%H:%M}"


def last_day(moment: datetime, zone: str) -> str:
    """Write the last whole day before a moment, by the clock of a plan: "Mon 9 Mar 2026"."""
    return _day((moment - MOMENT).astimezone(ZoneInfo(zone)).date(), with_year=True)


def short(digest: str) -> str:
    """Write the ends of a digest, for a glance: "9f2c41…e913"."""
    return f"{digest[:6]}…{digest[-4:]}" if len(digest) > 12 else digest


def reason(code: str) -> str:
    """Write a skip reason in words; what a later version no longer knows stays as it was stored."""
    return str(SkipReason(code).label) if code in SkipReason.values else code


def _day(day: date, *, with_year: bool) -> str:
    return formats.date_format(day, "D j M Y" if with_year else "D j M")
