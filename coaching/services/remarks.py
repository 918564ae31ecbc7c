"""Say something about a plan. Both sides read it, and the other side is told."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Notification, User
from coaching.models import Action, Plan, Remark
from coaching.policies import why_not_remark
from coaching.words import NOT_HELPFUL_BECAUSE
from core.audit import record
from core.refusals import Refusal, Refused, refuse


@transaction.atomic
def say(
    plan: Plan, *, kind: str, text: str, by: User, now: datetime, action: Action | None = None, reason: str = ""
) -> Remark:
    """Add a remark to a plan or to one of its actions.

    A reflection and "this does not help me" are the agent's; the latter takes a reason of the closed list.
    """
    refuse(why_not_remark(by, plan, kind=kind))
    text, reason = text.strip(), reason if kind == Remark.Kind.NOT_HELPFUL else ""
    if kind == Remark.Kind.NOT_HELPFUL and reason not in NOT_HELPFUL_BECAUSE:
        raise Refused(Refusal("unknown_reason", 422, _("Choose why it does not help.")))
    if not text and kind != Remark.Kind.NOT_HELPFUL:
        raise Refused(Refusal("empty", 422, _("Write something first.")))
    if action is not None and action.plan_id != plan.pk:
        raise Refused(Refusal("other_plan", 404, _("There is no such action in this plan.")))
    made = Remark.objects.create(
        plan=plan, action=action, kind=kind, reason=reason, text=text, author=by, created_at=now
    )
    record("plan.remarked", target=plan, by=by, at=now, params={"kind": kind, **({"reason": reason} if reason else {})})
    _tell_the_other_side(plan, by=by, now=now)
    return made


def _tell_the_other_side(plan: Plan, *, by: User, now: datetime) -> None:
    is_agent = plan.agent.user_id == by.pk
    reader = plan.owner_id if is_agent else plan.agent.user_id if plan.shared_at else None
    if reader is not None and reader != by.pk:
        path = f"/coaching/plans/{plan.pk}/" if is_agent else f"/my-coaching/{plan.pk}/"
        Notification.objects.create(user_id=reader, kind="plan.remarked", path=path, created_at=now)
