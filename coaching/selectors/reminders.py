"""What people are to be reminded of, as of a moment, each in their own time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import QuerySet

from accounts.models import User
from coaching import weeks
from coaching.models import Action, Plan, Session

AHEAD = 2
"""Days before an action is due."""
FORGOTTEN = 14
"""Days after which nobody is told any more that an action is late."""
PATIENCE = timedelta(days=3)
"""How long a proposal may wait for a decision without a word."""
MARGIN = 1  # no time zone is further than a day from UTC
WORKED_ON = (Plan.Status.SHARED, Plan.Status.ACTIVE)


@dataclass(frozen=True, slots=True)
class Due:
    """Something that a person should be reminded of, once: `key` names the thing and its day."""

    user: User
    kind: str
    key: str
    path: str


def due(*, now: datetime) -> Iterator[Due]:
    """Yield everything that is due now, whether it was said before or not. A fixed number of queries."""
    yield from _of_actions(now)
    yield from _of_sessions(now)
    yield from _of_follow_ups()
    yield from _of_proposals(now)


def _of_actions(now: datetime) -> Iterator[Due]:
    first, last = now.date() - timedelta(days=FORGOTTEN + MARGIN), now.date() + timedelta(days=AHEAD + MARGIN)
    open_ones = Action.objects.filter(done_at=None, due_on__range=(first, last))
    rows = open_ones.filter(plan__in=_running()).select_related("plan__agent__user", "plan__owner")
    for action in rows.order_by("plan", "due_on", "pk"):
        plan = action.plan
        assert action.due_on is not None
        for user, path in ((plan.agent.user, f"/my-coaching/{plan.pk}/"), (plan.owner, f"/coaching/plans/{plan.pk}/")):
            if user is None:
                continue
            left = (action.due_on - _today(user, now=now)).days
            if 0 <= left <= AHEAD and user == plan.agent.user:
                yield Due(user, "reminder.actions_due", f"due:{plan.pk}:{action.due_on}", path)
            elif -FORGOTTEN <= left < 0:
                yield Due(user, "reminder.actions_late", f"late:{plan.pk}:{action.due_on}", path)


def _of_sessions(now: datetime) -> Iterator[Due]:
    soon = Session.objects.filter(status=Session.Status.PLANNED, starts_at__gt=now, starts_at__lt=now + timedelta(2))
    for session in soon.select_related("plan__agent__user", "plan__owner").order_by("starts_at", "pk"):
        plan, key = session.plan, f"session:{session.pk}:{session.starts_at:%Y%m%dT%H%M}"
        sides = [(plan.owner, f"/coaching/sessions/{session.pk}/")]
        if plan.shared_at is not None:
            sides.append((plan.agent.user, f"/my-coaching/sessions/{session.pk}/"))
        for user, path in sides:
            if user is not None and _day(session.starts_at, user) - _today(user, now=now) == timedelta(days=1):
                yield Due(user, "reminder.session", key, path)


def _of_follow_ups() -> Iterator[Due]:
    rows = Plan.objects.filter(status=Plan.Status.DUE, owner__isnull=False).not_paused()
    for plan in rows.select_related("owner").order_by("pk"):
        assert plan.owner is not None
        key = f"follow_up:{plan.pk}:{plan.follow_up_on}"
        yield Due(plan.owner, "reminder.follow_up", key, f"/coaching/plans/{plan.pk}/")


def _of_proposals(now: datetime) -> Iterator[Due]:
    waiting = Plan.objects.proposed().filter(proposed_at__lt=now - PATIENCE).not_paused()
    owners = User.objects.filter(owned_coaching_plans__in=waiting).distinct().order_by("pk")
    for user in owners:
        yield Due(user, "reminder.proposals", f"proposals:{weeks.name_of(now)}", "/coaching/?stage=proposed")


def _running() -> QuerySet[Plan]:
    return Plan.objects.filter(status__in=WORKED_ON).not_paused()


def _today(user: User, *, now: datetime) -> date:
    return _day(now, user)


def _day(moment: datetime, user: User) -> date:
    try:
        zone = ZoneInfo(user.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return moment.astimezone(zone).date()
