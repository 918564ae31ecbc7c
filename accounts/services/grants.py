"""Give a person a role, everywhere or in one team, from a day and perhaps until one; and end it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import policies
from accounts.models import RoleGrant, Team, User
from accounts.roles import Role
from core.audit import record
from core.refusals import refuse


@transaction.atomic
def grant(
    user: User,
    role: Role,
    *,
    by: User | None,
    now: datetime,
    team: Team | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> RoleGrant:
    """Give a role from now on, or for the time that is named."""
    # Two grants for one person are given one after the other, so that the second sees the first.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    given = RoleGrant(user=user, role=role, team=team, starts_at=starts_at or now, ends_at=ends_at)
    refuse(policies.why_not_grant(by, given, now=now))
    given.save(force_insert=True)
    record("role.granted", target=given, by=by, at=now, params={"person": user.pk})
    return given


@transaction.atomic
def end(given: RoleGrant, *, by: User | None, now: datetime, at: datetime | None = None) -> RoleGrant:
    """End a role now or on a day to come; one that has not begun is taken back."""
    at = at or now
    # All grants of admins at once, in one order: two admins cannot end each other's at the same moment.
    locked = RoleGrant.objects.select_for_update().order_by("pk").filter(role=given.role, team=given.team_id)
    found = next(one for one in locked if one.pk == given.pk)
    refuse(policies.why_not_end_grant(by, found, at=at, now=now))
    record("role.ended", target=found, by=by, at=now, params={"person": found.user_id})
    if at <= found.starts_at:
        found.delete()
        return given
    found.ends_at = at
    found.save(update_fields=["ends_at"])
    return found
