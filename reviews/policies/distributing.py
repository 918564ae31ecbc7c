"""Who decides how work is given out, who passes it on, and who is away."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.access import may, reach, why_not
from accounts.models import Agent, User
from accounts.roles import Permission
from core.refusals import Refusal
from reviews.models import Absence, Conflict, QueueItem
from sampling.models import Plan
from sampling.policies import why_not_edit

LONGEST_AWAY = timedelta(days=366)
LONGEST_REASON = 200


def why_not_set_rules(user: User | None, plan: Plan) -> Refusal | None:
    """Refuse everyone but those who look after sampling, and what is archived."""
    return why_not_edit(user, plan)


def oversees(user: User) -> bool:
    """Say whether a person looks after how the work of others is given out."""
    return reach(user, Permission.MANAGE_SAMPLING).everywhere


def why_not_hand_over(user: User, item: QueueItem, *, reason: str, to: User | None) -> Refusal | None:
    """Refuse to pass on what is not one's own, what nobody waits for, and what is passed on without a reason.

    Who has it passes it to the next in line; a QA manager may name somebody.
    """
    is_own = user.pk in {item.claimed_by_id, item.assigned_to_id}
    if not oversees(user) and not is_own:
        return Refusal("not_held", 409, _("You do not have this item, so there is nothing to hand over."))
    if item.is_by_hand or item.purpose == QueueItem.Purpose.SELF:
        return Refusal("not_drawn", 409, _("This is yours alone, so nobody else waits for it."))
    if item.status not in {QueueItem.Status.AVAILABLE, QueueItem.Status.CLAIMED}:
        words = {"status": item.get_status_display().lower()}
        return Refusal("item_ended", 409, _("This item is already %(status)s.") % words)
    if to is not None and not oversees(user):
        sentence = _("Only a QA manager names who gets it. Without a name, the next in line does.")
        return Refusal("not_yours_to_choose", 403, sentence)
    if not reason.strip():
        return Refusal(
            "reason_missing", 422, _("Say why you hand this over. The next reviewer and QA managers read it.")
        )
    return None


def why_not_be_away(
    by: User, user: User, *, starts_at: datetime, ends_at: datetime, now: datetime
) -> Refusal | None:  # fmt: skip
    """Refuse to enter an absence for others, or one that makes no sense."""
    if refusal := _why_not_for(by, user):
        return refusal
    if not may(user, Permission.SCORE):
        return _no_reviewer()
    if ends_at <= starts_at:
        return Refusal("bad_dates", 422, _("The last day comes before the first."))
    if ends_at <= now:
        return Refusal("past", 422, _("These days are over already."))
    if ends_at - starts_at > LONGEST_AWAY:
        return Refusal("too_long", 422, _("An absence lasts a year at most. For longer, end the role instead."))
    if Absence.objects.standing().filter(user=user, starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        return Refusal("overlaps", 409, _("These days overlap with an absence that is there already."))
    return None


def why_not_cancel_absence(by: User, absence: Absence, *, now: datetime) -> Refusal | None:
    """Refuse to take back what others entered for themselves, or what is over."""
    if refusal := _why_not_for(by, absence.user):
        return refusal
    if absence.cancelled_at is not None or absence.ends_at <= now:
        return Refusal("over", 409, _("This absence is over or taken back already."))
    return None


def why_not_declare_conflict(by: User, user: User, agent: Agent, *, reason: str) -> Refusal | None:
    """Refuse to note a conflict for others, twice, or without a reason."""
    if refusal := _why_not_for(by, user):
        return refusal
    if not reason.strip() or len(reason) > LONGEST_REASON:
        return Refusal("reason_missing", 422, _("Say in at most 200 characters why."))
    if Conflict.objects.standing().filter(user=user, agent=agent).exists():
        return Refusal("declared_already", 409, _("This is noted already."))
    return None


def why_not_end_conflict(by: User, conflict: Conflict) -> Refusal | None:
    """Refuse everyone but a QA manager: who declared a conflict does not end it alone."""
    if not oversees(by):
        return why_not(by, Permission.MANAGE_SAMPLING)
    if conflict.ended_at is not None:
        return Refusal("ended", 409, _("This conflict is ended already."))
    return None


def why_not_set_goal(by: User, user: User) -> Refusal | None:
    """Refuse everyone but a QA manager, and goals for those who do not review."""
    if not oversees(by):
        return why_not(by, Permission.MANAGE_SAMPLING)
    return None if may(user, Permission.SCORE) else _no_reviewer()


def _no_reviewer() -> Refusal:
    return Refusal("not_a_reviewer", 409, _("This person does not review, so nothing waits for them."))


def _why_not_for(by: User, user: User) -> Refusal | None:
    if by.pk == user.pk or oversees(by):
        return None
    return Refusal("not_yours", 403, _("Only the person themself or a QA manager enters this."))
