"""The daily mail: what a person has not read, in sentences without anything that people wrote."""

from __future__ import annotations

import logging
from datetime import datetime
from smtplib import SMTPException
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Notification, User
from accounts.notification_words import sentence

logger = logging.getLogger(__name__)
FROM_HOUR = 7  # in the person's own time zone
MOST_LINES = 20


def send_due(*, now: datetime) -> int:
    """Mail everybody who has something new and has had no digest today; the number of mails.

    Each is sent while its person is locked: two workers never mail the same one, and what a broken mail server did
    not take is tried again within the hour.
    """
    news = Notification.objects.unread().filter(user=OuterRef("pk"), digested_at=None)
    people = User.objects.filter(Exists(news), is_active=True, wants_digest=True).order_by("pk")
    return sum(_send(user.pk, now=now) for user in people.iterator() if is_due(user, now=now))


def is_due(user: User, *, now: datetime) -> bool:
    """Say whether a person's morning has come and today's mail has not."""
    zone = _zone(user)
    here = now.astimezone(zone)
    if here.hour < FROM_HOUR:
        return False
    return user.digest_sent_at is None or user.digest_sent_at.astimezone(zone).date() < here.date()


def _send(pk: int, *, now: datetime) -> bool:
    try:
        with transaction.atomic():
            return _send_locked(pk, now=now)
    except (OSError, SMTPException) as error:
        logger.warning("The mail server did not take a digest, the next hour tries again: %s", error)
        return False


def _send_locked(pk: int, *, now: datetime) -> bool:
    user = User.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=pk, wants_digest=True).first()
    if user is None or not is_due(user, now=now):
        return False
    rows = Notification.objects.visible_to(user).unread().filter(digested_at=None, created_at__lte=now)
    found = list(rows.order_by("-pk"))
    if not found:
        return False
    rows.filter(pk__in=[row.pk for row in found]).update(digested_at=now)
    User.objects.filter(pk=user.pk).update(digest_sent_at=now)
    mail_of(user, found).send()
    return True


def mail_of(user: User, found: list[Notification]) -> EmailMultiAlternatives:
    """Write the mail, as plain text and as HTML."""
    home = settings.SITE_URL.rstrip("/")
    lines = [{"sentence": sentence(row), "url": f"{home}{row.path or '/notifications/'}"} for row in found[:MOST_LINES]]
    context = {"user": user, "lines": lines, "more": len(found) - len(lines), "choice": f"{home}/notifications/"}
    subject = ngettext("One thing is new for you", "%(n)d things are new for you", len(found)) % {"n": len(found)}
    mail = EmailMultiAlternatives(
        _("%(subject)s in QA Portal") % {"subject": subject},
        render_to_string("accounts/email/digest.txt", context),
        to=[user.email],
        headers={"List-Unsubscribe": f"<{context['choice']}>"},
    )
    mail.attach_alternative(render_to_string("accounts/email/digest.html", context), "text/html")
    return mail


def _zone(user: User) -> ZoneInfo:
    try:
        return ZoneInfo(user.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
