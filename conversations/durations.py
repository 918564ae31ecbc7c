"""Write a number of seconds as people read it."""

from __future__ import annotations

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def since(seconds: int) -> str:
    """Return the time since something began, short enough for a narrow column: +4:10, +1 h 02, +2 d 5 h."""
    if not HOUR <= seconds < DAY:
        return f"+{clock(seconds)}"
    hours, rest = divmod(seconds, HOUR)
    return f"+{hours} h {rest // MINUTE:02}"


def clock(seconds: int) -> str:
    """Return 4:10 for minutes and seconds, 1:02:03 from an hour on, 2 d 5 h from a day on."""
    seconds = max(0, int(seconds))
    if seconds >= DAY:
        days, rest = divmod(seconds, DAY)
        return f"{days} d {rest // HOUR} h"
    hours, rest = divmod(seconds, HOUR)
    minutes, last = divmod(rest, MINUTE)
    return f"{hours}:{minutes:02}:{last:02}" if hours else f"{minutes}:{last:02}"
