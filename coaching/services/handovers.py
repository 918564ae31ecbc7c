"""Keep every open plan with somebody who coaches the agent: when people or teams change, it goes to the new lead."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import reach, read_grants_of
from accounts.models import Notification, TeamMembership, User
from accounts.roles import Permission
from coaching.models import Plan
from coaching.policies import why_not_coach, why_not_edit
from coaching.services import contents
from core.audit import record
from core.refusals import Refusal, Refused, refuse

logger = logging.getLogger(__name__)


@transaction.atomic
def hand_over(plan: Plan, *, to: User, by: User, now: datetime) -> Plan:
    """Give an open plan to another person who coaches the agent's team."""
    refuse(why_not_coach(by, plan))
    refuse(why_not_edit(plan))
    if not Plan.objects.coached_by(to).filter(pk=plan.pk).exists():
        raise Refused(Refusal("not_a_coach", 422, _("Choose somebody who coaches this agent’s team.")))
    if plan.owner_id != to.pk:
        _give(plan, owner_id=to.pk, team_id=plan.team_id, by=by, now=now)
    return plan


def sweep(*, now: datetime) -> int:
    """Hand over the open plans whose owner or team has changed; the number of them. Doing it twice changes nothing.

    An owner who still coaches the agent's team keeps the plan. Where a team has no supervisor, a plan has no owner.
    """
    plans = list(Plan.objects.open().select_related("agent").order_by("pk"))
    teams = dict(TeamMembership.objects.at(now).filter(agent__coaching_plans__in=plans).values_list("agent", "team"))
    owners = User.objects.in_bulk({plan.owner_id for plan in plans if plan.owner_id is not None})
    read_grants_of(owners.values())
    places = {*teams.values(), *(plan.team_id for plan in plans)}
    leads = contents.leads_of([team for team in places if team is not None], now=now)
    handed = 0
    for plan in plans:
        try:
            team_id = teams.get(plan.agent_id, plan.team_id)
            wanted = _wanted(plan, owner=owners.get(plan.owner_id or 0), team_id=team_id, leads=leads)
            if (wanted, team_id) != (plan.owner_id, plan.team_id):
                handed += _give(plan, owner_id=wanted, team_id=team_id, by=None, now=now)
        except Exception:
            logger.exception("The plan %s could not be handed over", plan.pk)
    return handed


def _wanted(plan: Plan, *, owner: User | None, team_id: int | None, leads: Mapping[int | None, int]) -> int | None:
    """Return who should own a plan: its owner while they coach the team, else the team's supervisor."""
    keeps = owner is not None and reach(owner, Permission.COACH).covers(team_id)
    owner_id = plan.owner_id if keeps else leads.get(team_id)
    return None if owner_id == plan.agent.user_id else owner_id  # nobody coaches themselves


@transaction.atomic
def _give(plan: Plan, *, owner_id: int | None, team_id: int | None, by: User | None, now: datetime) -> bool:
    before, team_before = plan.owner_id, plan.team_id
    rows = Plan.objects.open().filter(pk=plan.pk, owner=before, team=team_before)
    if not rows.update(owner_id=owner_id, team_id=team_id, updated_at=now):
        return False  # somebody else was a moment faster
    plan.owner_id, plan.team_id = owner_id, team_id
    record(
        "plan.handed_over", target=plan, by=by, at=now,
        params={"from": before, "to": owner_id, **({"team": team_id} if team_id != team_before else {})},
    )  # fmt: skip
    if owner_id is not None and owner_id != before and (by is None or by.pk != owner_id):
        Notification.objects.create(
            user_id=owner_id, kind="plan.handed_over", path=f"/coaching/plans/{plan.pk}/", created_at=now
        )
    return True
