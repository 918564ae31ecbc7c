"""Write a number of seconds as people read it."""

from __future__ import annotations

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def since(seconds: int) -> str:
    """Return the time since something began, short enough for a narrow column: +4:10, +1 h 02, +2 d 5 h."""
    return f"+{clock(seconds)}"


def clock(seconds: int) -> str:
    """Return 4:10 for minutes and seconds, 1 h 02 from an hour on, 2 d 5 h from a day on.

    With the unit from an hour on, because beside 4:10 nobody reads 17:32:53 as hours.
    """
    seconds = max(0, int(seconds))
    if seconds >= DAY:
        days, rest = divmod(seconds, DAY)
        return f"{days} d {rest // HOUR} h"
    hours, rest = divmod(seconds, HOUR)
    minutes, last = divmod(rest, MINUTE)
    return f"{hours} h {minutes:02}" if hours else f"{minutes}:{last:02}"
