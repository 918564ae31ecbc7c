"""Who may do what to a coaching plan, and the words when not."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.access import reach
from accounts.models import Agent, User
from accounts.roles import Permission
from coaching.models import Action, Plan
from core.refusals import Refusal

OPEN_PER_AGENT = 2


def why_not_coach(user: User, plan: Plan) -> Refusal | None:
    """Explain why a person may not change a plan: it is for those who coach the agent's team, never for the agent."""
    if plan.agent.user_id == user.pk or not reach(user, Permission.COACH).covers(plan.team_id):
        return Refusal("not_your_team", 404, _("There is no such plan in a team that you coach."))
    return None


def why_not_move(plan: Plan, status: str) -> Refusal | None:
    """Explain why a plan cannot go to a status from where it is."""
    if status in Plan.TRANSITIONS[plan.status]:
        return None
    words = _("This plan is %(now)s already, so that is not possible any more.")
    return Refusal("wrong_state", 409, words % {"now": plan.get_status_display().lower()})


def why_not_start(user: User, agent: Agent, *, team_id: int | None) -> Refusal | None:
    """Explain why a person may not start a plan for an agent."""
    if agent.user_id == user.pk or not reach(user, Permission.COACH).covers(team_id):
        return Refusal("not_your_team", 404, _("There is no such agent in a team that you coach."))
    return None


def why_not_tick(user: User, action: Action) -> Refusal | None:
    """Explain why a person may not tick an action as done: only the agent says so, once the plan is shared."""
    if action.plan.agent.user_id != user.pk or action.plan.shared_at is None:
        return Refusal("not_your_plan", 404, _("There is no such action in a plan of yours."))
    if action.plan.status in Plan.ENDED:
        return Refusal("plan_ended", 409, _("This plan has ended, so its actions stay as they are."))
    return None
