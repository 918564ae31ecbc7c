"""Enter when somebody reviews nothing, and whom they never review; what waits for them follows at once."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import Agent, User
from core.audit import record
from core.refusals import refuse
from reviews.models import Absence, Conflict
from reviews.policies import why_not_be_away, why_not_cancel_absence, why_not_declare_conflict, why_not_end_conflict
from reviews.policies.distributing import LONGEST_REASON
from reviews.services import assigning, claims


def be_away(user: User, *, starts_at: datetime, ends_at: datetime, by: User, now: datetime) -> Absence:
    """Enter an absence; what is due before they are back goes to the next in line when it begins."""
    with transaction.atomic():
        # One after the other, so that two absences never overlap.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        refuse(why_not_be_away(by, user, starts_at=starts_at, ends_at=ends_at, now=now))
        made = Absence.objects.create(user=user, starts_at=starts_at, ends_at=ends_at, created_at=now, created_by=by)
        record("absence.planned", target=made, by=by, at=now)
    if starts_at <= now:
        assigning.reassign(now=now)
    return made


@transaction.atomic
def cancel(absence: Absence, *, by: User, now: datetime) -> Absence:
    """Take an absence back, or end it today; what was given to others stays with them."""
    locked = Absence.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=absence.pk)
    refuse(why_not_cancel_absence(by, locked, now=now))
    locked.cancelled_at = now
    locked.save(update_fields=["cancelled_at"])
    record("absence.cancelled", target=locked, by=by, at=now)
    return locked


def declare_conflict(user: User, agent: Agent, *, reason: str, by: User, now: datetime) -> Conflict:
    """Note that a reviewer does not review an agent; what waits for them of this agent goes to others."""
    refuse(why_not_declare_conflict(by, user, agent, reason=reason))
    try:
        with transaction.atomic():
            made = Conflict.objects.create(
                user=user, agent=agent, reason=reason.strip(), created_at=now, created_by=by
            )  # fmt: skip
            record("conflict.declared", target=made, by=by, at=now)
            claims.give_back(user, agent=agent, by=by, now=now)
    except IntegrityError:  # two at once: the first one holds
        refuse(why_not_declare_conflict(by, user, agent, reason=reason))
        raise
    assigning.reassign(now=now)
    return made


@transaction.atomic
def note_conflict(user: User, agent: Agent, *, reason: str, now: datetime) -> None:
    """Keep a conflict that somebody gave as their reason for skipping; one that is noted already stays as it is.

    What waits for them by name of this agent is not offered to them any more; the sweep gives it to others.
    """
    made, is_new = Conflict.objects.get_or_create(
        user=user, agent=agent, ended_at=None,
        defaults={"reason": reason.strip()[:LONGEST_REASON], "created_at": now, "created_by": user},
    )  # fmt: skip
    if is_new:
        record("conflict.declared", target=made, by=user, at=now)
        claims.give_back(user, agent=agent, by=user, now=now)


@transaction.atomic
def end_conflict(conflict: Conflict, *, by: User, now: datetime) -> Conflict:
    """End a conflict; only a QA manager does."""
    locked = Conflict.objects.select_for_update(of=("self",), no_key=True).get(pk=conflict.pk)
    refuse(why_not_end_conflict(by, locked))
    locked.ended_at = now
    locked.save(update_fields=["ended_at"])
    record("conflict.ended", target=locked, by=by, at=now)
    return locked
