"""Who may open, withdraw, escalate and decide a dispute, and the words when not."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import reach
from accounts.models import RoleGrant, User, Workspace
from accounts.roles import ROLES, Permission
from core import prepared
from core.prepared import Prepared
from core.refusals import Refusal
from reviews.models import Dispute, DisputedPoint, Review


def why_not_dispute(user: User, review: Review, *, now: datetime) -> Refusal | None:
    """Explain why a person may not dispute a review: its agent may, or who looks after the team, within the window."""
    if not _is_party(user, review):
        return Refusal("not_your_feedback", 404, _("There is no such feedback for you to dispute."))
    if review.status != Review.Status.PUBLISHED or review.purpose != "primary":
        return Refusal("not_published", 409, _("Only published feedback can be disputed."))
    if DISPUTES.rows(review=review.pk):
        sentence = _("This review was disputed already. Each review has one dispute and one escalation.")
        return Refusal("disputed_already", 409, sentence)
    assert review.published_at is not None
    return _why_closed(review.published_at, now=now)


DISPUTES = Prepared(lambda: Dispute.objects.filter(review=prepared.number("review")).order_by().values_list("pk"))


def why_not_withdraw(user: User, dispute: Dispute) -> Refusal | None:
    """Explain why a person may not withdraw a dispute: whoever opened it may, and its agent."""
    if user.pk not in {dispute.opened_by_id, dispute.review.agent.user_id}:
        return Refusal("not_your_dispute", 403, _("Only who opened a dispute, or its agent, withdraws it."))
    return _why_ended(dispute)


def why_not_escalate(user: User, dispute: Dispute, *, now: datetime) -> Refusal | None:
    """Explain why a person may not take a dispute further: once, within the window, about what was not changed."""
    if not _is_party(user, dispute.review):
        return Refusal("not_your_dispute", 403, _("Only the agent, or who looks after the team, escalates a dispute."))
    if dispute.stage == Dispute.Stage.ESCALATION:
        return Refusal("final", 409, _("This was the escalation, so its decision is final."))
    if dispute.is_open:
        return Refusal("dispute_open", 409, _("This dispute is not decided yet."))
    if dispute.status == Dispute.Status.WITHDRAWN:
        return Refusal("withdrawn", 409, _("A dispute that was withdrawn cannot be escalated."))
    if Dispute.objects.filter(review=dispute.review_id, stage=Dispute.Stage.ESCALATION).exists():
        return Refusal("escalated_already", 409, _("This dispute was escalated already."))
    if dispute.review.status != Review.Status.PUBLISHED:
        return Refusal("not_published", 409, _("Only published feedback can be disputed."))
    if dispute.status == Dispute.Status.DECIDED and not still_doubted(dispute).exists():
        return Refusal("nothing_upheld", 409, _("Every answer was changed, so there is nothing left to escalate."))
    assert dispute.ended_at is not None
    return _why_closed(dispute.ended_at, now=now)


def why_not_decide(user: User, dispute: Dispute) -> Refusal | None:
    """Explain why a person may not decide: who looked afresh may, and those who oversee disputes; nobody involved."""
    involved = {dispute.review.author_id, dispute.review.agent.user_id, dispute.opened_by_id}
    if user.pk in involved:
        return Refusal("took_part", 403, _("You have a part in this review or its dispute, so somebody else decides."))
    ended = _why_ended(dispute)
    if ended is not None:
        return ended
    # An escalation for which nobody is left to look afresh is decided on what there is.
    stands_alone = dispute.stage == Dispute.Stage.ESCALATION and dispute.item_id is None
    if dispute.rescored_at is None and not stands_alone:
        return Refusal("not_looked_at", 409, _("The second look is not in yet. It comes before any decision."))
    if not _may_judge(user, dispute):
        sentence = _("Who took the second look decides, or a QA manager; an escalation is decided by a QA manager.")
        return Refusal("not_yours_to_decide", 403, sentence)
    return None


def still_doubted(dispute: Dispute) -> QuerySet[DisputedPoint]:
    """Return the points that an escalation may be about: those that were not changed."""
    return dispute.points.exclude(decision=DisputedPoint.Decision.CHANGED)


def window_ends(start: datetime) -> datetime:
    """Return until when something can be disputed that became known at a moment."""
    return start + timedelta(days=Workspace.current().dispute_window_days)


def _is_party(user: User, review: Review) -> bool:
    if review.agent.user_id == user.pk:
        return True
    return review.author_id != user.pk and reach(user, Permission.SEE_TEAM).covers(review.team_id)


def _why_closed(start: datetime, *, now: datetime) -> Refusal | None:
    days = Workspace.current().dispute_window_days
    if days == 0:
        return Refusal("disputes_off", 409, _("Feedback is not disputed here: the workspace has switched that off."))
    end = start + timedelta(days=days)
    if now <= end:
        return None
    sentence = ngettext(
        "There was one day to dispute this. It ended on %(when)s.",
        "There were %(days)d days to dispute this. They ended on %(when)s.",
        days,
    )
    words = {"days": days, "when": date_format(timezone.localtime(end), "j F")}
    return Refusal("window_closed", 409, sentence % words)


def _why_ended(dispute: Dispute) -> Refusal | None:
    if dispute.is_open:
        return None
    words = {"status": dispute.get_status_display().lower()}
    return Refusal("dispute_ended", 409, _("This dispute is %(status)s already, so nothing was changed.") % words)


def _may_judge(user: User, dispute: Dispute) -> bool:
    looked = dispute.item.ended_by_id if dispute.item else None
    if dispute.stage == Dispute.Stage.FIRST and looked == user.pk:
        return True
    if not reach(user, Permission.OVERSEE_DISPUTES).everywhere:
        return False
    return dispute.stage == Dispute.Stage.FIRST or user.pk not in _judged_before(dispute) or not _another(dispute)


def _judged_before(dispute: Dispute) -> set[int]:
    first = Dispute.objects.filter(review=dispute.review_id, stage=Dispute.Stage.FIRST)
    own_look = dispute.item.ended_by_id if dispute.item else None
    found = {pk for row in first.values_list("ended_by", "item__ended_by") for pk in row} | {own_look}
    return {pk for pk in found if pk is not None}


def _another(dispute: Dispute) -> bool:
    """Say whether somebody who oversees disputes is left who has had no part in this one."""
    involved = _judged_before(dispute) | {dispute.review.author_id, dispute.opened_by_id}
    if dispute.review.agent.user_id is not None:
        involved.add(dispute.review.agent.user_id)
    roles = [role for role, entry in ROLES.items() if Permission.OVERSEE_DISPUTES in entry.permissions]
    grants = RoleGrant.objects.active(timezone.now()).filter(role__in=roles, team=None, user__is_active=True)
    return grants.exclude(user__in=involved).exists()
