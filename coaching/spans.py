"""The weeks that an outcome compares, and the days a plan's follow-up runs over. Pure.

Baseline: from the first week that the trigger looked at to the last one that was known when somebody decided. Then
people work on it; what is reviewed of that time counts on neither side. Follow-up: whole weeks, the first of which
begins after the plan was shared, up to the follow-up day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from coaching import weeks

FOLLOW_UP_WEEKS = 6
"""From accepting a plan to its follow-up day."""
DRAWN_WEEKS = 4
"""Of these, the last so many are drawn from: the weeks before are for the work itself."""
DRAWN_AFTER = timedelta(days=3)
"""After a week's end, when its conversations are drawn and in the queue."""
LONGEST_WAIT = timedelta(days=21)
"""After the last week's end: what is not reviewed by then is left out."""


@dataclass(frozen=True, slots=True)
class Weeks:
    """ISO weeks before and after, all ends included."""

    baseline_first: str
    baseline_last: str
    first: str
    last: str


def day_start(day: date) -> datetime:
    """Return the first moment of a day in UTC."""
    return datetime.combine(day, time(), UTC)


def first_day(follow_up_on: date) -> date:
    """Return the Monday from which follow-up conversations are drawn, four whole weeks before the week of a day."""
    week = weeks.name_of(day_start(follow_up_on))
    return weeks.start_of(weeks.shifted(week, -DRAWN_WEEKS)).date()


def first_day_after(shared_at: datetime) -> date:
    """Return the Monday after the week in which a plan was shared: what is said before is not an effect of it."""
    return weeks.end_of(weeks.name_of(shared_at)).date()


def last_day(follow_up_on: date) -> date:
    """Return the last day that follow-up conversations are drawn from: the Sunday before the week of a day."""
    return weeks.start_of(weeks.name_of(day_start(follow_up_on))).date() - timedelta(days=1)


def earliest(compared: Weeks) -> datetime:
    """Return from when on all of a follow-up is drawn, so that it can be complete."""
    return weeks.end_of(compared.last) + DRAWN_AFTER


def latest(compared: Weeks) -> datetime:
    """Return when an outcome is measured with what there is."""
    return weeks.end_of(compared.last) + LONGEST_WAIT


def compared(
    *, since: datetime, decided_at: datetime, known: str | None, shared_at: datetime, follow_up: tuple[date, date]
) -> Weeks | None:
    """Return the weeks to compare, or None when no whole week of follow-up lies after the sharing.

    since: where the baseline begins; known: the newest week with a review that was published when somebody decided;
    follow_up: the first day drawn from and the follow-up day.
    """
    begins, on = follow_up
    baseline_last = max(weeks.shifted(weeks.name_of(decided_at), -1), known or "")
    first = max(weeks.name_of(day_start(begins)), weeks.shifted(weeks.name_of(shared_at), 1))
    last = weeks.shifted(weeks.name_of(day_start(on)), -1)
    baseline_first = weeks.name_of(since)
    if first > last or baseline_first > baseline_last or baseline_last >= first:
        return None
    return Weeks(baseline_first, baseline_last, first, last)
