"""What a plan says about the way from a submitted review to its agent. It bends no draw, so changes hold at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from sampling.models import Plan


@dataclass(frozen=True, slots=True)
class FeedbackRules:
    """Whether the agent scores the conversation first, blind, and when the agent sees the review."""

    self_review: bool = False
    self_review_days: int = 3
    release_rule: str = "now"
    release_hours: int = 24
    release_time: time = time(9)

    @classmethod
    def of(cls, plan: Plan) -> FeedbackRules:
        """Return the rules that the plan carries now."""
        return cls(**{name: getattr(plan, name) for name in NAMES})

    def as_dict(self) -> dict[str, Any]:
        """Return the rules by the names of the plan's fields."""
        return asdict(self)

    @property
    def waits_for_meeting(self) -> bool:
        """Say whether a review is kept back until the next 1:1."""
        return self.release_rule == "before_meeting"

    def release(self, earliest: datetime, *, submitted_at: datetime, time_zone: str) -> datetime:
        """Return when a review goes out, never before `earliest` (the end of the edit window).

        The time of day is the plan's; what waits for a 1:1 is for the caller to keep back.
        """
        if self.release_rule == "after_hours":
            return max(earliest, submitted_at + timedelta(hours=self.release_hours))
        if self.release_rule == "at_time":
            return _next(self.release_time, earliest, zone=ZoneInfo(time_zone))
        return earliest


def _next(clock: time, earliest: datetime, *, zone: ZoneInfo) -> datetime:
    local = earliest.astimezone(zone)
    found = datetime.combine(local.date(), clock, tzinfo=zone)
    # Two local times: a day later is the same time of day, also where the clocks change between.
    if found < local:
        found = datetime.combine(local.date() + timedelta(days=1), clock, tzinfo=zone)
    return found.astimezone(earliest.tzinfo)


NAMES = tuple(FeedbackRules.__dataclass_fields__)
