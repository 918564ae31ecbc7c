"""A question about a review, and its answer. Each side is told of what the other says; nothing is edited."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import RoleGrant, User
from accounts.roles import Role
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from reviews.models import Review, ReviewRemark
from reviews.policies import why_not_answer, why_not_ask
from reviews.services.telling import tell

LONGEST = 5000


@transaction.atomic
def ask(review: Review, *, text: str, by: User, now: datetime) -> ReviewRemark:
    """Ask the reviewer; the supervisors of the team when the reviewer is no longer there."""
    refuse(why_not_ask(by, review))
    made = _say(review, text, is_question=True, by=by, now=now)
    readers = [review.author_id] if review.author.is_active else _leads(review, now=now)
    tell(readers, "feedback.asked", path=f"/reviews/{review.pk}/", by=by, now=now)
    return made


@transaction.atomic
def answer(review: Review, *, text: str, by: User, now: datetime) -> ReviewRemark:
    """Answer the agent."""
    refuse(why_not_answer(by, review))
    made = _say(review, text, is_question=False, by=by, now=now)
    tell([review.agent.user_id], "feedback.answered", path=f"/feedback/{review.pk}/", by=by, now=now)
    return made


def _say(review: Review, text: str, *, is_question: bool, by: User, now: datetime) -> ReviewRemark:
    words = text.strip()
    if not words or len(words) > LONGEST:
        raise Refused(Refusal("empty", 422, _("Write something first, in at most 5,000 characters.")))
    made = ReviewRemark.objects.create(review=review, author=by, is_question=is_question, text=words, created_at=now)
    verb = "feedback.asked" if is_question else "feedback.answered"
    record(verb, target=review, by=by, at=now, fields=["text"])
    return made


def _leads(review: Review, *, now: datetime) -> list[int]:
    if review.team_id is None:
        return []
    leads = RoleGrant.objects.active(now).filter(role=Role.SUPERVISOR, team=review.team_id, user__is_active=True)
    return list(leads.values_list("user_id", flat=True))
