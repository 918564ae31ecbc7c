"""Remind people of what is due, once each, in the product and with the daily mail; off by choice."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from itertools import groupby

from django.db import IntegrityError, transaction

from accounts.models import Notification
from coaching.models import Reminder
from coaching.selectors.reminders import Due, due

logger = logging.getLogger(__name__)
KEPT = timedelta(days=180)
"""Longer than anything stays due: what was said is forgotten after that."""


def remind(*, now: datetime) -> int:
    """Tell everybody what is due and was not said yet; the number of reminders. Doing it twice changes nothing."""
    Reminder.objects.filter(sent_at__lt=now - KEPT).delete()
    wanted = {
        (one.user.pk, one.key): one
        for one in due(now=now)
        if one.user.is_active and one.kind not in one.user.reminders_off
    }
    known = set(Reminder.objects.filter(user__in={user for user, _key in wanted}).values_list("user", "key"))
    new = sorted(pair for pair in wanted if pair not in known)
    sent = 0
    for user, pairs in groupby(new, key=lambda pair: pair[0]):
        sent += _tell(user, [wanted[pair] for pair in pairs], now=now)
    return sent


def _tell(user: int, found: list[Due], *, now: datetime) -> int:
    """Write one person's reminders together; another sweep that was faster has told them already."""
    try:
        with transaction.atomic():
            Reminder.objects.bulk_create([Reminder(user_id=user, key=one.key, sent_at=now) for one in found])
            Notification.objects.bulk_create(
                [Notification(user_id=user, kind=one.kind, path=one.path, created_at=now) for one in found]
            )
    except IntegrityError:
        logger.info("Another sweep has reminded person %s already", user)
        return 0
    return len(found)
