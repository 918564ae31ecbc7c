"""Remember what a person has seen of their notifications, and whether they want them by mail."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Notification, User
from core.audit import record


def read(notification: Notification, *, now: datetime) -> bool:
    """Note that a notification was opened; False when it was before."""
    return bool(Notification.objects.unread().filter(pk=notification.pk).update(read_at=now))


def read_all(user: User, *, now: datetime) -> int:
    """Note that a person has seen all of them; the number."""
    return Notification.objects.visible_to(user).unread().update(read_at=now)


@transaction.atomic
def choose_digest(user: User, *, wanted: bool, now: datetime) -> bool:
    """Switch the daily mail on or off; False when it was so already."""
    changed = User.objects.filter(pk=user.pk).exclude(wants_digest=wanted).update(wants_digest=wanted)
    user.wants_digest = wanted
    if changed:
        record("user.changed", target=user, by=user, at=now, fields=["wants_digest"])
    return bool(changed)
