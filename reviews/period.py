"""Turn days into moments: from the beginning of the first day to the end of the last, in a time zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def between(since: date | None, until: date | None, *, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """Return the first moment that belongs to the days, and the first that does not any more."""
    start = datetime.combine(since, time.min, tzinfo=zone) if since else None
    end = datetime.combine(until + timedelta(days=1), time.min, tzinfo=zone) if until and until < date.max else None
    return start, end
