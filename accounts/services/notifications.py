"""Remember what a person has seen of their notifications, and whether they want them by mail."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Notification, User
from accounts.notification_words import REMINDERS
from core.audit import record
from core.refusals import Refusal, Refused


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


@transaction.atomic
def choose_reminders(user: User, *, off: Collection[str], now: datetime) -> bool:
    """Switch off these kinds of reminders and no others; False when it was so already."""
    unknown = sorted(set(off) - REMINDERS.keys())
    if unknown:
        raise Refused(Refusal("unknown_reminder", 422, _("There is no reminder “%(kind)s”.") % {"kind": unknown[0]}))
    wanted = sorted(set(off))
    row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if sorted(row.reminders_off) == wanted:
        return False
    User.objects.filter(pk=user.pk).update(reminders_off=wanted)
    user.reminders_off = wanted
    record("user.changed", target=user, by=user, at=now, fields=["reminders_off"])
    return True
