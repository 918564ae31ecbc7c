"""The small numbers in the rail: what waits for this person behind a link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from coaching.models import Plan
from reviews.models import QueueItem, Review

MOST = 99


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits behind a link, and what a screen reader says after the number."""

    rows: Callable[[User, datetime], QuerySet[Model]]
    says: str | Promise


WAITING: dict[str, Waiting] = {
    "reviews:queue": Waiting(lambda user, now: QueueItem.objects.claimable(now).offered_to(user), _("to review")),
    "reviews:feedback_list": Waiting(lambda user, now: Review.objects.feedback_for(user).unread(), _("unread")),
    "coaching:list": Waiting(lambda user, now: Plan.objects.coached_by(user).proposed(), _("proposed")),
}


def count(name: str, user: User, *, now: datetime) -> str:
    """Return how much waits behind a link: "", "7" or "99+". Never counts further than that, however long the queue."""
    waiting = WAITING.get(name)
    if waiting is None:
        return ""
    rows = waiting.rows(user, now).order_by()[: MOST + 1].count()
    return f"{MOST}+" if rows > MOST else str(rows or "")


def words(name: str) -> str | Promise:
    """Return what the number counts."""
    return WAITING[name].says if name in WAITING else ""
