"""What the clock says about each message of a transcript: waits, silences, days. At ease with no times."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from conversations.concurrency import Interval, peaks
from conversations.facts import response_waits
from conversations.messages import Message

# A shorter silence is how people write; a longer one is worth a line of its own.
GAP_SECONDS = 30 * 60
# A wait below this is not written at the message; it is in the row all the same.
NOTABLE_WAIT_SECONDS = 120


class Moment(NamedTuple):
    """What the clock says about one message."""

    wait: int | None
    beside: int | None
    since: int | None
    day: date | None
    gap: int | None


def moments(messages: Sequence[Message], *, open_ones: Sequence[Interval] = ()) -> list[Moment]:
    """Return what is known of each message; `open_ones` are the conversations that the agent had open around it."""
    waits = response_waits(messages)
    beside = _open_meanwhile(messages, waits, open_ones)
    found = zip(waits, beside, _since_start(messages), _days(messages), _gaps(messages), strict=True)
    return [Moment(*row) for row in found]


def _open_meanwhile(
    messages: Sequence[Message], waits: Sequence[int | None], open_ones: Sequence[Interval]
) -> list[int | None]:
    """Return for each long wait how many conversations were open at one moment of it; None for everything else."""
    found: list[int | None] = [None] * len(messages)
    long = {
        place: (message.sent_at - timedelta(seconds=wait), message.sent_at)
        for place, (message, wait) in enumerate(zip(messages, waits, strict=True))
        if open_ones and message.sent_at and wait and wait >= NOTABLE_WAIT_SECONDS
    }
    for place, (begin, end) in long.items():
        near = [one for one in open_ones if one[0] < end and one[1] > begin]
        found[place] = peaks([*near, (begin, end)])[-1] - 1  # the wait itself is no conversation
    return found


def _since_start(messages: Sequence[Message]) -> list[int | None]:
    """Return how long after the first message each one was sent; None for the first, and where the clock ran back."""
    first = next((message.sent_at for message in messages if message.sent_at), None)
    seconds = [int((one.sent_at - first).total_seconds()) if one.sent_at and first else 0 for one in messages]
    return [after if after > 0 else None for after in seconds]


def _days(messages: Sequence[Message]) -> list[date | None]:
    """Return the day of each message that is not of the day before it; None for the others."""
    days: list[date | None] = []
    before: date | None = None
    for message in messages:
        day = timezone.localtime(message.sent_at).date() if message.sent_at else before
        days.append(day if day != before else None)
        before = day
    return days


def _gaps(messages: Sequence[Message]) -> list[int | None]:
    """Return for each message the silence before it; None when it is short or not known."""
    gaps: list[int | None] = []
    before: datetime | None = None
    for message in messages:
        silence = int((message.sent_at - before).total_seconds()) if message.sent_at and before else 0
        gaps.append(silence if silence >= GAP_SECONDS else None)
        before = message.sent_at or before
    return gaps
