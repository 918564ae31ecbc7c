"""End sessions: all of a person, all but one, or one."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import F

from accounts.models import User
from core.audit import record


@transaction.atomic
def end_all(user: User, *, by: User | None, now: datetime) -> None:
    """End every session of a person. `by` is None where this is part of something that is recorded itself."""
    # Another epoch ends them even where the list of sessions is not complete.
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    end_listed(user)
    if by is not None:
        record("user.sessions_ended", target=user, by=by, at=now)
    user.refresh_from_db(fields=["session_epoch"])


def end_listed(user: User) -> None:
    """End the sessions on a person's list, such as when the password changes; the caller's own gets a new key."""
    for session in UserSession.objects.filter(user=user.pk):
        session.end()


@transaction.atomic
def end(session: UserSession, *, by: User, now: datetime) -> None:
    """End one session of one's own."""
    session.end()
    record("user.session_ended", target=by, by=by, at=now)
