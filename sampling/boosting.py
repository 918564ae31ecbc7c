"""How many of a boost's extra picks fall into one period. Pure.

They are spread evenly over the boost's time, whatever the cycle: by a moment t, extra · (share of the time passed)
are due, rounded half up, and a period gets what becomes due in it. All periods together get exactly `extra`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

MICROSECOND = timedelta(microseconds=1)


def extra_within(
    extra: int,
    *,
    starts_at: datetime,
    ends_at: datetime,
    period: tuple[datetime, datetime],
    ended_at: datetime | None = None,
) -> int:
    """Return the extra picks of a half-open period; nothing becomes due after a boost was ended early."""
    begins, ends = period
    if ended_at is not None:
        begins, ends = min(begins, ended_at), min(ends, ended_at)
    return _due(extra, starts_at, ends_at, at=ends) - _due(extra, starts_at, ends_at, at=begins)


def _due(extra: int, starts_at: datetime, ends_at: datetime, *, at: datetime) -> int:
    """Count in whole microseconds, so that no pick is lost or doubled by rounding between two periods."""
    whole = (ends_at - starts_at) // MICROSECOND
    passed = min(max((at - starts_at) // MICROSECOND, 0), whole)
    return (2 * extra * passed + whole) // (2 * whole)
