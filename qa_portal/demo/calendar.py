"""The weeks that the demo tells of, counted back from the week in which it is built."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from qa_portal.demo.founding import TIME_ZONE

WAITING_WEEKS = 2
ZONE = ZoneInfo(TIME_ZONE)


@dataclass(frozen=True, slots=True)
class Calendar:
    """`reviewed` weeks that people have worked on, two that wait, and the running one."""

    now: datetime
    reviewed: int

    @property
    def weeks(self) -> int:
        """Return how many weeks are over."""
        return self.reviewed + WAITING_WEEKS

    @property
    def first_monday(self) -> date:
        """Return the Monday of the first week."""
        today = self.now.astimezone(ZONE).date()
        return today - timedelta(days=today.weekday(), weeks=self.weeks)

    def monday(self, week: int) -> date:
        """Return the Monday of a week; 0 is the first."""
        return self.first_monday + timedelta(weeks=week)

    def at(self, week: int, *, day: int = 0, hour: int = 0, minute: int = 0) -> datetime:
        """Return a local time of a week, but never a time that is still to come."""
        local = datetime.combine(self.monday(week) + timedelta(days=day), time(hour, minute), ZONE)
        return min(local, self.now)

    @property
    def founded_at(self) -> datetime:
        """Return when the company began to use the product: a week before the first conversation."""
        return self.at(-1, hour=9)
