"""Set how many reviews a person is to finish in a week."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from core.audit import record
from core.refusals import refuse
from reviews.models import WeeklyGoal
from reviews.policies import why_not_set_goal


@transaction.atomic
def set_goal(user: User, reviews: int | None, *, by: User, now: datetime) -> WeeklyGoal | None:
    """Set or, with None, remove the weekly goal of a person."""
    refuse(why_not_set_goal(by, user))
    if reviews is None:
        for goal in WeeklyGoal.objects.filter(user=user):
            record("goal.removed", target=goal, by=by, at=now)
            goal.delete()
        return None
    goal, _made = WeeklyGoal.objects.update_or_create(
        user=user, defaults={"reviews": reviews, "set_at": now, "set_by": by}
    )
    record("goal.set", target=goal, by=by, at=now, params={"reviews": reviews})
    return goal
