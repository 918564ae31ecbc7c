"""Who may ask about a review, and who answers, and the words when not."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.access import reach
from accounts.models import User
from accounts.roles import Permission
from core.prepared import Prepared, number
from core.refusals import Refusal
from reviews.models import Review, ReviewRemark

MOST = 50  # in one thread: beyond that people should talk


def why_not_ask(user: User, review: Review) -> Refusal | None:
    """Explain why a person may not ask the reviewer: the agent of published feedback may."""
    if review.agent.user_id != user.pk or review.status != Review.Status.PUBLISHED:
        return Refusal("not_your_feedback", 404, _("There is no such feedback for you."))
    return _why_full(review)


def why_not_answer(user: User, review: Review) -> Refusal | None:
    """Explain why a person may not answer the agent: the reviewer may, and who looks after the team, once asked."""
    if not reads_thread(user, review) or review.agent.user_id == user.pk:
        return Refusal("not_yours_to_answer", 403, _("The reviewer answers, or who looks after the team."))
    if review.status != Review.Status.PUBLISHED:
        return Refusal("not_published", 409, _("The agent does not see this review, so nobody is there to answer."))
    if not review.remarks.filter(is_question=True).exists():
        return Refusal("nobody_asked", 409, _("The agent has not asked anything about this review."))
    return _why_full(review)


def reads_thread(user: User, review: Review) -> bool:
    """Say whether a person reads what was asked and answered: both sides, and who looks after the team."""
    if review.agent.user_id == user.pk:
        return review.status == Review.Status.PUBLISHED
    return review.author_id == user.pk or reach(user, Permission.SEE_TEAM).covers(review.team_id)


def _why_full(review: Review) -> Refusal | None:
    if len(REMARKS.rows(review=review.pk)) < MOST:
        return None
    sentence = _("There are %(n)d messages about this review already. Talk about it in person.")
    return Refusal("thread_full", 409, sentence % {"n": MOST})


REMARKS = Prepared(lambda: ReviewRemark.objects.filter(review=number("review")).order_by().values_list("pk")[:MOST])
