"""Say why somebody may not do something with a plan or a draw. `by` is None when the system acts."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.access import reach, why_not
from accounts.models import Agent, User
from accounts.roles import Permission
from conversations.models import Conversation
from core.refusals import Refusal
from sampling.cycles import Period
from sampling.models import Draw, Pick, Plan


def why_not_manage(user: User | None) -> Refusal | None:
    """Refuse everyone but those who look after sampling."""
    return None if user is None else why_not(user, Permission.MANAGE_SAMPLING)


def why_not_replay(user: User) -> Refusal | None:
    """Refuse to replay a draw to everybody who may not read it."""
    return why_not(user, Permission.READ_SAMPLING)


def why_not_rotate(user: User | None) -> Refusal | None:
    """Refuse to change the secret behind the draws to everybody but those who set the workspace up."""
    return None if user is None else why_not(user, Permission.MANAGE_SETTINGS)


def why_not_edit(user: User | None, plan: Plan) -> Refusal | None:
    """Refuse to change what is archived."""
    refusal = why_not_manage(user)
    if refusal is None and plan.status == Plan.Status.ARCHIVED:
        return Refusal("plan_archived", 409, _("This plan is archived. Make a new one; its draws stay as they are."))
    return refusal


def why_not_pause(user: User | None, plan: Plan) -> Refusal | None:
    """Refuse to pause what does not run."""
    refusal = why_not_edit(user, plan)
    if refusal is None and plan.status == Plan.Status.PAUSED:
        return Refusal("plan_paused", 409, _("This plan is paused already."))
    return refusal


def why_not_resume(user: User | None, plan: Plan) -> Refusal | None:
    """Refuse to resume what runs."""
    refusal = why_not_edit(user, plan)
    if refusal is None and plan.status == Plan.Status.ACTIVE:
        return Refusal("plan_active", 409, _("This plan is active already."))
    return refusal


def why_not_draw(user: User | None, plan: Plan, period: Period, now: datetime) -> Refusal | None:
    """Refuse a draw before its period is over."""
    refusal = why_not_edit(user, plan)
    if refusal is None and period.ends_at > now:
        return Refusal(
            "period_open", 409, _("This period is not over yet. It can be drawn when its last conversation has ended.")
        )
    return refusal


def why_not_void(user: User | None, draw: Draw, reason: str) -> Refusal | None:
    """Refuse to void without a reason, or twice."""
    refusal = why_not_manage(user)
    if refusal is None and draw.voided_at is not None:
        return Refusal("draw_voided", 409, _("This draw was voided already. It stays visible with its reason."))
    if refusal is None and not reason.strip():
        return Refusal("reason_missing", 422, _("Say why the draw is voided. The reason stays visible on the plan."))
    return refusal


def why_not_skip(pick: Pick) -> Refusal | None:
    """Refuse to skip what is no longer in the sample."""
    if pick.draw is not None and pick.draw.voided_at is not None:
        return Refusal("draw_voided", 409, _("The draw behind this conversation was voided, so nothing is to be done."))
    if pick.dropped:
        return Refusal("pick_dropped", 409, _("This conversation was skipped already."))
    return None


def why_not_check(user: User | None, pick: Pick) -> Refusal | None:
    """Refuse to judge a skip as not eligible: a second person who may score the team does, once."""
    if user is not None and not reach(user, Permission.SCORE).covers(pick.team_id):
        return Refusal("not_your_team", 404, _("This conversation is not in a team that you score."))
    if pick.draw is not None and pick.draw.voided_at is not None:
        return Refusal("draw_voided", 409, _("The draw behind this conversation was voided, so nothing is to be done."))
    if pick.dropped != Pick.Dropped.CLAIMED:
        return Refusal("nothing_to_check", 409, _("No skip waits here for a second pair of eyes."))
    if user is not None and pick.dropped_by_id == user.pk:
        return Refusal("own_skip", 409, _("You skipped this yourself, so somebody else looks at it."))
    if user is not None and pick.agent.user_id == user.pk:
        return Refusal("own_conversation", 409, _("You handled this conversation, so someone else looks at it."))
    return None


def why_not_overrule(user: User | None, pick: Pick) -> Refusal | None:
    """Refuse to bring back what was not found ineligible; what two people found is brought back by a QA manager."""
    if pick.dropped == Pick.Dropped.CLAIMED:
        return why_not_check(user, pick)
    refusal = why_not_manage(user)
    if refusal is None and pick.dropped != Pick.Dropped.INELIGIBLE:
        return Refusal("not_ineligible", 409, _("Only a skip as not eligible can be overruled."))
    return refusal


def why_not_pick_by_hand(conversation: Conversation) -> Refusal | None:
    """Refuse what nobody could review: not over, nobody's, or without its words."""
    if conversation.completed_at is None:
        return Refusal("not_completed", 409, _("This conversation has not ended yet. Review it when it is over."))
    if reviewee_of(conversation) is None:
        return Refusal("no_agent", 409, _("No agent is known for this conversation, so there is nobody to review."))
    if conversation.transcript_id is None:
        return Refusal("text_gone", 409, _("What was said has been deleted, so there is nothing to read and review."))
    return None


def reviewee_of(conversation: Conversation) -> Agent | None:
    """Return whom a review by hand is about: the assignee when it ended, else who wrote most, else who wrote last."""
    whose = conversation.as_it_ended
    return whose.assignee or whose.most_active_agent or whose.last_agent
