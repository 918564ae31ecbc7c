"""Find who may look afresh at a review: within reach, with no part in it, in proportion to their capacity."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from accounts.models import RoleGrant, Workspace
from accounts.roles import ROLES, Permission, Role
from reviews.models import Absence, Conflict, Dispute, QueueItem, Review
from reviews.selectors.desk import BEFORE_DUE
from sampling.models import PlanReviewer


def free_for(review: Review, *, due_at: datetime, now: datetime) -> dict[int, int]:
    """Return who may take a blind second look (user id → capacity); those who oversee come last, for want of others.

    Left out: the author and everybody else who sat at this pick, the agent, the supervisor of the agent's team where
    the workspace says so, who has a conflict of interest with this agent, who took part in a dispute of it, and who
    is away until it is due.
    """
    taken = _involved(review) | _in_conflict(review, now=now) | _away_until(due_at, now=now)
    specialists = _scorers(review, [Role.SPECIALIST], now=now) - taken
    found = specialists or _scorers(review, _roles_that_score(), now=now) - taken
    return {pk: capacity for pk, capacity in _capacities(review, found).items() if capacity > 0}


def _away_until(due_at: datetime, *, now: datetime) -> set[int]:
    """Return who is away now and not back a day before something is due."""
    away = Absence.objects.at(now).filter(ends_at__gt=due_at - BEFORE_DUE)
    return set(away.values_list("user_id", flat=True))


def lost(items: Collection[QueueItem], *, now: datetime) -> list[QueueItem]:
    """Return the second looks whose person may not take them any more, or is away until they are due."""
    people = {item.assigned_to_id for item in items if item.assigned_to_id is not None}
    grants = RoleGrant.objects.active(now).filter(role__in=_roles_that_score(), user__in=people, user__is_active=True)
    teams: set[tuple[int | None, int | None]] = set(grants.values_list("user", "team"))
    conflicts = set(Conflict.objects.standing().filter(user__in=people).values_list("user", "agent"))
    back_at = dict(Absence.objects.at(now).filter(user__in=people).order_by("ends_at").values_list("user", "ends_at"))

    def may_take(item: QueueItem) -> bool:
        person = item.assigned_to_id
        scores = (person, None) in teams or (item.team_id is not None and (person, item.team_id) in teams)
        is_back = back_at[person] <= item.due_at - BEFORE_DUE if person in back_at else True
        return scores and is_back and (person, item.agent_id) not in conflicts

    return [item for item in items if not may_take(item)]


def _roles_that_score() -> list[str]:
    return [role for role, entry in ROLES.items() if Permission.SCORE in entry.permissions]


def _scorers(review: Review, roles: Collection[str], *, now: datetime) -> set[int]:
    grants = RoleGrant.objects.active(now).filter(role__in=roles, user__is_active=True)
    here = Q(team=None) if review.team_id is None else Q(team=None) | Q(team=review.team_id)
    return set(grants.filter(here).values_list("user_id", flat=True))


def _involved(review: Review) -> set[int]:
    items = QueueItem.objects.filter(pick=review.item.pick_id)
    seats = set(items.values_list("review__author", "ended_by", "assigned_to"))
    parts = set(Dispute.objects.filter(review=review).values_list("opened_by", "ended_by"))
    return {pk for row in seats | parts for pk in row if pk is not None} | {review.author_id}


def _in_conflict(review: Review, *, now: datetime) -> set[int]:
    found = set(Conflict.objects.standing().filter(agent=review.agent_id).values_list("user_id", flat=True))
    if review.agent.user_id is not None:
        found.add(review.agent.user_id)
    if review.team_id is not None and Workspace.current().second_look_excludes_lead:
        leads = RoleGrant.objects.active(now).filter(role=Role.SUPERVISOR, team=review.team_id)
        found |= set(leads.values_list("user_id", flat=True))
    return found


def _capacities(review: Review, users: Collection[int]) -> dict[int, int]:
    named = dict(
        PlanReviewer.objects.filter(plan=review.item.plan_id, user__in=users).values_list("user_id", "capacity")
    )
    return {pk: named.get(pk, 1) for pk in users}
