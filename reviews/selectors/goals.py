"""How far a reviewer is with what they are to finish: by week, and by cycle of each plan that sets a goal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from reviews.models import QueueItem, QueueRules, Review, WeeklyGoal
from sampling import periods
from sampling.models import Plan


@dataclass(frozen=True, slots=True)
class Progress:
    """Done against a goal, since the beginning of a week or of a cycle."""

    label: str
    done: int
    goal: int
    since: datetime
    until: datetime

    @property
    def left(self) -> int:
        """Return how many are missing."""
        return max(self.goal - self.done, 0)


def progress_of(user: User, *, week: tuple[datetime, datetime], now: datetime) -> list[Progress]:
    """Return the person's weekly goal, and the goals of the plans they review for.

    Every drawn item counts, whatever seat it is: else the count would give away which ones are second looks.
    """
    found = []
    weekly = WeeklyGoal.objects.filter(user=user).first()
    if weekly is not None:
        found.append(Progress(_("This week"), _done(user, since=week[0]), weekly.reviews, *week))
    rules = QueueRules.objects.filter(goal__isnull=False, plan__in=_plans_of(user)).select_related("plan")
    for one in rules.order_by("plan__name").prefetch_related("plan__past_terms"):
        cycle = periods.containing(one.plan, now)
        done = _done(user, since=cycle.starts_at, plan=one.plan)
        found.append(Progress(one.plan.name, done, one.goal or 0, cycle.starts_at, cycle.ends_at))
    return found


def _plans_of(user: User) -> QuerySet[Plan]:
    """Return the active plans that name this person; one that names nobody sets its goal to everybody who scores."""
    active = Plan.objects.active()
    named = active.filter(reviewers__user=user).values("pk")
    return active.filter(Q(pk__in=named) | Q(reviewers=None))


def _done(user: User, *, since: datetime, plan: Plan | None = None) -> int:
    rows = Review.objects.filter(author=user, submitted_at__gte=since, item__in=QueueItem.objects.drawn()).exclude(
        purpose=QueueItem.Purpose.SELF
    )
    return (rows.filter(item__plan=plan) if plan else rows).count()
