"""Those who score: who is away, whom they do not review, what waits for each by name, and how far they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from accounts.access import reach
from accounts.models import Agent, RoleGrant, User
from accounts.roles import ROLES, Permission
from reviews.models import Absence, Conflict, QueueItem, Review, WeeklyGoal
from reviews.policies import oversees
from reviews.selectors.desk import Place, Seats, desk
from reviews.selectors.queue import week_start

SCORING = [role for role, entry in ROLES.items() if Permission.SCORE in entry.permissions]


@dataclass(slots=True)
class Reviewer:
    """One person who scores. `given`: waits for them by name; `held`: in their hands now; `done`: this week."""

    user: User
    absences: list[Absence] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    goal: int | None = None
    given: int = 0
    held: int = 0
    done: int = 0


def reviewers_for(user: User, *, now: datetime) -> QuerySet[User]:
    """Return the reviewers that a person may look after: all to a QA manager, oneself to others."""
    grants = RoleGrant.objects.active(now).filter(role__in=SCORING)
    found = User.objects.filter(is_active=True, pk__in=grants.values("user"))
    return found if oversees(user) else found.filter(pk=user.pk)


def who_may_take(item: QueueItem, *, now: datetime) -> list[int]:
    """Return to whom an item may be handed over by name: neither who has it nor who may not review it."""
    place = Place(item.plan_id, item.agent_id, item.team_id, item.due_at, Seats([item]).elsewhere(item))
    found = desk([item.plan_id], now=now)
    people = {*found.specialists, *found.overseers} - {item.claimed_by_id or item.assigned_to_id}
    return [pk for pk in people if found.fits(pk, place)]


def agents_for(user: User) -> QuerySet[Agent]:
    """Return the agents whose conversations a person may be given: those of the teams they score."""
    scope = reach(user, Permission.SCORE)
    found = Agent.objects.filter(deactivated_at=None).order_by("name", "pk")
    if scope.everywhere:
        return found
    return found.filter(memberships__ends_at=None, memberships__team__in=scope.team_ids).distinct()


def described(users: Iterable[User], *, now: datetime) -> list[Reviewer]:
    """Describe reviewers in a fixed number of queries."""
    found = {user.pk: Reviewer(user) for user in users}
    for absence in Absence.objects.standing().filter(user__in=found, ends_at__gt=now).select_related("user"):
        found[absence.user_id].absences.append(absence)
    for conflict in Conflict.objects.standing().filter(user__in=found).select_related("agent").order_by("agent__name"):
        found[conflict.user_id].conflicts.append(conflict)
    for goal in WeeklyGoal.objects.filter(user__in=found):
        found[goal.user_id].goal = goal.reviews
    given = QueueItem.objects.open().given_by_name().filter(assigned_to__in=found)
    held = QueueItem.objects.filter(status="claimed", claimed_by__in=found, claimed_until__gte=now)
    done = Review.objects.filter(author__in=found, submitted_at__gte=week_start(now))
    for pk, n in given.order_by().values_list("assigned_to").annotate(n=Count("pk")):
        found[pk or 0].given = n
    for pk, n in held.order_by().values_list("claimed_by").annotate(n=Count("pk")):
        found[pk or 0].held = n
    for pk, n in done.order_by().values_list("author").annotate(n=Count("pk")):
        found[pk].done = n
    return list(found.values())


def items_of(user: User, *, now: datetime) -> QuerySet[QueueItem]:
    """Return the open items that a person holds, or that wait for them by name, in working order."""
    given = QueueItem.objects.given_by_name().filter(assigned_to=user)
    mine = Q(pk__in=given.values("pk")) | Q(claimed_by=user, claimed_until__gte=now)
    rows = QueueItem.objects.open().drawn().filter(mine)
    return rows.select_related("conversation", "agent", "team", "plan").in_working_order()
