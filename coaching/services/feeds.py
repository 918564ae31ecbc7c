"""Calendar feeds: a secret address for one's own 1:1 sessions, that can be taken back."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.tokens import digest
from coaching.models import CalendarFeed
from coaching.policies import why_not_subscribe
from core.audit import record
from core.refusals import Refusal, Refused, refuse

LONGEST = 128
# Calendars ask every few minutes: that they did is noted once in a while.
NOTED_EVERY = timedelta(minutes=15)


@transaction.atomic
def open_feed(user: User, *, by: User, now: datetime) -> tuple[CalendarFeed, str]:
    """Make a person's feed and return it with its secret, which is kept nowhere; the one before ends."""
    refuse(why_not_subscribe(user))
    _end(user, now=now)
    secret = secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            made = CalendarFeed.objects.create(user=user, digest=digest(secret), created_at=now)
    except IntegrityError as raced:
        raise Refused(Refusal("raced", 409, _("Another window made an address at the same time."))) from raced
    record("feed.opened", target=made, by=by, at=now)
    return made, secret


@transaction.atomic
def revoke(user: User, *, by: User, now: datetime) -> None:
    """Take a person's feed back: its address opens nothing any more."""
    ended = _end(user, now=now)
    if ended is None:
        raise Refused(Refusal("no_feed", 409, _("You have no calendar address.")))
    record("feed.revoked", target=ended, by=by, at=now)


def recognise(secret: str, *, now: datetime) -> CalendarFeed | None:
    """Return the feed with this secret when it still opens something, and note that it was read."""
    if not secret or len(secret) > LONGEST:
        return None
    # Looked up by its fingerprint: how long that takes says nothing about the secret.
    feed = CalendarFeed.objects.usable().select_related("user").filter(digest=digest(secret)).first()
    if feed is None or why_not_subscribe(feed.user) is not None:
        return None
    if feed.last_read_at is None or feed.last_read_at <= now - NOTED_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=now)
    return feed


def _end(user: User, *, now: datetime) -> CalendarFeed | None:
    found = CalendarFeed.objects.select_for_update(no_key=True).filter(user=user, revoked_at=None).first()
    if found is not None:
        CalendarFeed.objects.filter(pk=found.pk).update(revoked_at=now)
    return found
