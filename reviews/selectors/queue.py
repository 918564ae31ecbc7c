"""Assemble the queue page: what is to do, what is in draft, and why there is nothing when there is nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from reviews.models import QueueItem, Review

MINUTES_A_REVIEW = 6  # until a reviewer has a pace of their own
MOST_DRAFTS = 20
MOST_MINUTES = 120  # beyond that, hours say more


@dataclass(frozen=True)
class QueuePage:
    """The numbers and rows of one reviewer's queue."""

    to_do: int
    overdue: int
    due_today: int
    drafts: list[Review]
    done_this_week: int
    minutes: int | None
    hours: int | None
    items: QuerySet[QueueItem]
    why_empty: str


def queue_page(user: User, *, now: datetime) -> QueuePage:
    """Load a reviewer's queue in a fixed number of queries."""
    offered = QueueItem.objects.claimable(now).offered_to(user)
    counts = waiting(user, now=now)
    drafts = list(_drafts(user)[:MOST_DRAFTS])
    to_do = counts["to_do"]
    minutes = round(to_do * _pace(user, now=now) / 60) if to_do else None
    return QueuePage(
        **counts,
        drafts=drafts,
        done_this_week=_done_since(user, since=week_start(now)),
        minutes=minutes,
        hours=round(minutes / 60) if minutes and minutes > MOST_MINUTES else None,
        items=offered.in_working_order().select_related("conversation", "agent", "team", "plan"),
        why_empty="" if to_do or drafts else why_empty(user),
    )


def waiting(user: User, *, now: datetime) -> dict[str, int]:
    """Count what is offered to a person: to_do, and of these overdue and due_today."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    counts: dict[str, int] = (
        QueueItem.objects.claimable(now)
        .offered_to(user)
        .aggregate(
            to_do=Count("pk"),
            overdue=Count("pk", filter=Q(due_at__lt=now)),
            due_today=Count("pk", filter=Q(due_at__gte=now, due_at__lt=midnight)),
        )
    )
    return counts


def why_empty(user: User) -> str:
    """Name why nothing is offered: nothing_drawn, all_done, held_by_others or not_for_you."""
    if not QueueItem.objects.drawn().exists():
        return "nothing_drawn"
    if not QueueItem.objects.open().drawn().exists():
        return "all_done"
    return "held_by_others" if QueueItem.objects.open().offered_to(user).exists() else "not_for_you"


def week_start(now: datetime) -> datetime:
    """Return the Monday midnight before a moment, in the active time zone."""
    local = timezone.localtime(now)
    monday = local - timedelta(days=local.weekday())
    return monday.replace(hour=0, minute=0, second=0, microsecond=0)


def _drafts(user: User) -> QuerySet[Review]:
    held, begun = Q(item__claimed_by=user), Q(item__claimed_by=None, draft_number__gt=0)
    unfinished = Review.objects.filter(
        held | begun,
        author=user,
        status=Review.Status.DRAFT,
        item__status__in=[QueueItem.Status.AVAILABLE, QueueItem.Status.CLAIMED],
    )
    return unfinished.select_related("item__plan", "conversation", "agent", "team", "rubric_version__rubric").order_by(
        "item__due_at", "item__u"
    )


def _done_since(user: User, *, since: datetime) -> int:
    return Review.objects.filter(author=user, submitted_at__gte=since).count()


def _pace(user: User, *, now: datetime) -> float:
    recent = (
        Review.objects.filter(author=user, submitted_at__gte=now - timedelta(days=28), active_seconds__gt=0)
        .order_by("-submitted_at")
        .values_list("active_seconds", flat=True)[:50]
    )
    seconds = sorted(recent)
    return float(seconds[len(seconds) // 2]) if len(seconds) >= 5 else MINUTES_A_REVIEW * 60.0
