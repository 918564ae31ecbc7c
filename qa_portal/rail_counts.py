"""The small numbers in the rail: what waits for this person behind a link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.asking import Asked
from accounts.models import User
from coaching.models import Plan
from reviews.models import Dispute, Review
from reviews.selectors.queue import ahead

MOST = 99


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits behind a link, and what a screen reader says after the number."""

    count: Callable[[User, datetime], str]
    says: str | Promise


def counted(rows: Callable[[Any], QuerySet[Model]]) -> Callable[[User, datetime], str]:
    """Count rows no further than anybody reads: "", "7" or "99+", however many there are."""
    asked: Asked[Model] = Asked(lambda user, most: rows(user).order_by().values_list("pk")[: most + 1])

    def count(user: User, now: datetime) -> str:
        found = len(asked.rows(user, MOST))
        return f"{MOST}+" if found > MOST else str(found or "")

    return count


WAITING: dict[str, Waiting] = {
    "reviews:queue": Waiting(lambda user, now: ahead(user, now=now).to_do, _("to review")),
    "reviews:feedback_list": Waiting(counted(lambda user: Review.objects.feedback_for(user).unread()), _("unread")),
    "reviews:disputes": Waiting(
        counted(lambda user: Dispute.objects.visible_to(user).decided_by(user)), _("to decide")
    ),
    "coaching:list": Waiting(counted(lambda user: Plan.objects.coached_by(user).proposed()), _("proposed")),
}


def count(name: str, user: User, *, now: datetime) -> str:
    """Return how much waits behind a link: "", "7" or "99+"."""
    waiting = WAITING.get(name)
    return waiting.count(user, now) if waiting else ""


def words(name: str) -> str | Promise:
    """Return what the number counts."""
    return WAITING[name].says if name in WAITING else ""
