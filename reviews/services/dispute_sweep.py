"""What the clock does to disputes: find people for second looks, remind in time, end what nobody decided."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import RoleGrant
from accounts.roles import ROLES, Permission
from core.audit import record
from reviews.models import Dispute
from reviews.services import rescoring, second_reads
from reviews.services.disputes import end, path_of
from reviews.services.telling import tell

REMIND_BEFORE = timedelta(days=2)
BATCH = 500


def sweep(*, now: datetime) -> None:
    """Do all of it; each part may safely run twice."""
    rescoring.find_people(now=now)
    second_reads.find_people(now=now)
    remind(now=now)
    expire(now=now)


def remind(*, now: datetime) -> int:
    """Tell those who can act, once, that a deadline is near; the number of disputes."""
    near = Dispute.objects.open().filter(reminded_at=None, due_at__lt=now + REMIND_BEFORE)
    found = list(near.select_related("review", "item").order_by("due_at")[:BATCH])
    return sum(_remind(dispute, now=now) for dispute in found)


def expire(*, now: datetime) -> int:
    """End disputes that nobody decided in twice the time; the answers stay, and the agent may escalate. The number."""
    over = Dispute.objects.open().filter(expires_at__lt=now).select_related("review__agent")
    return sum(_expire(dispute, now=now) for dispute in over.order_by("expires_at")[:BATCH])


@transaction.atomic
def _remind(dispute: Dispute, *, now: datetime) -> bool:
    if not Dispute.objects.open().filter(pk=dispute.pk, reminded_at=None).update(reminded_at=now):
        return False
    # Whoever has not taken the second look yet is told nothing: to them it is an item like any other.
    decides = [dispute.item.ended_by_id] if dispute.rescored_at is not None and dispute.item else []
    tell([*decides, *overseers(now)], "dispute.due", path=path_of(dispute), now=now)
    return True


@transaction.atomic
def _expire(dispute: Dispute, *, now: datetime) -> bool:
    if not end(dispute, status=Dispute.Status.EXPIRED, by=None, now=now):
        return False
    record("dispute.expired", target=dispute, by=None, at=now)
    sides = [dispute.review.agent.user_id, dispute.review.author_id, dispute.opened_by_id]
    tell([*sides, *overseers(now)], "dispute.expired", path=path_of(dispute), now=now)
    return True


def overseers(now: datetime) -> list[int]:
    """Return those who oversee disputes."""
    roles = [role for role, entry in ROLES.items() if Permission.OVERSEE_DISPUTES in entry.permissions]
    grants = RoleGrant.objects.active(now).filter(role__in=roles, team=None, user__is_active=True)
    return list(grants.values_list("user_id", flat=True).distinct())
