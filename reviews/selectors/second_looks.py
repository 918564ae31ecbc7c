"""Find who may look afresh at a review: within reach, with no part in it, in proportion to their capacity."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from accounts.models import RoleGrant, Workspace
from accounts.roles import ROLES, Permission, Role
from reviews.models import Dispute, QueueItem, Review
from sampling.models import PlanReviewer


def free_for(review: Review, *, now: datetime) -> dict[int, int]:
    """Return who may take a blind second look (user id → capacity); those who oversee come last, for want of others.

    Left out: the author and everybody else who sat at this pick, the agent, the supervisor of the agent's team where
    the workspace says so, who declared a conflict of interest for this agent, and who took part in a dispute of it.
    """
    taken = _involved(review) | _in_conflict(review, now=now)
    specialists = _scorers(review, [Role.SPECIALIST], now=now) - taken
    found = specialists or _scorers(review, _roles_that_score(), now=now) - taken
    return {pk: capacity for pk, capacity in _capacities(review, found).items() if capacity > 0}


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
    declared = QueueItem.objects.filter(agent=review.agent_id, skip_reason="conflict", ended_by__isnull=False)
    found = set(declared.values_list("ended_by", flat=True))
    if review.agent.user_id is not None:
        found.add(review.agent.user_id)
    if review.team_id is not None and Workspace.current().second_look_excludes_lead:
        leads = RoleGrant.objects.active(now).filter(role=Role.SUPERVISOR, team=review.team_id)
        found |= set(leads.values_list("user_id", flat=True))
    return {pk for pk in found if pk is not None}


def _capacities(review: Review, users: Collection[int]) -> dict[int, int]:
    named = dict(
        PlanReviewer.objects.filter(plan=review.item.plan_id, user__in=users).values_list("user_id", "capacity")
    )
    return {pk: named.get(pk, 1) for pk in users}
