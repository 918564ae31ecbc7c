"""When a submitted review goes out: by the rule of its plan, or before the next 1:1 where it waits for that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Workspace
from reviews.models import Meeting, Review
from sampling.feedback_rules import FeedbackRules

HELD_AT_MOST = timedelta(days=14)  # a review that waits for a 1:1 which never comes goes out all the same
BEFORE_MEETING = timedelta(days=1)  # so that the agent has read it when they meet


@dataclass(frozen=True, slots=True)
class Release:
    """When a review goes out, and whether it is kept back for a 1:1; `at` is then the latest day."""

    at: datetime
    is_held: bool


def edit_window(now: datetime) -> datetime:
    """Return until when what is submitted now may be changed by its author."""
    return now + timedelta(minutes=Workspace.current().edit_window_minutes)


def by_plan(review: Review, *, earliest: datetime, now: datetime) -> Release:
    """Return when a review goes out that is submitted now, never before `earliest`. Needs its item and its plan."""
    plan = review.item.plan
    if plan is None:
        return Release(earliest, is_held=False)
    rules = FeedbackRules.of(plan)
    if rules.waits_for_meeting:
        at = before_meeting(review.agent_id, latest=now + HELD_AT_MOST, now=now)
        return Release(max(earliest, at), is_held=True)
    return Release(rules.release(earliest, submitted_at=now, time_zone=plan.time_zone), is_held=False)


def before_meeting(agent_id: int, *, latest: datetime, now: datetime) -> datetime:
    """Return a day before the agent's next 1:1, now if that is past already, and `latest` when none is arranged."""
    meeting = Meeting.objects.filter(agent=agent_id, at__gt=now).order_by("at").first()
    return latest if meeting is None else min(latest, max(now, meeting.at - BEFORE_MEETING))
