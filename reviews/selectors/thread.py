"""What was asked and answered about a review, as one person reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from core.prepared import Prepared, number
from core.refusals import Refusal
from reviews.models import Review, ReviewRemark
from reviews.policies import reads_thread, why_not_answer, why_not_ask


@dataclass(frozen=True)
class Said:
    """One question or answer; the name as far as the reader may know it."""

    name: str
    is_question: bool
    text: str
    created_at: datetime


@dataclass(frozen=True)
class Thread:
    """All that was said, oldest first, and why the reader may not add to it."""

    said: list[Said]
    why_not: Refusal | None


def thread_of(review: Review, user: User, *, shows_reviewer: bool) -> Thread | None:
    """Return the thread of a review; None for whoever does not read it. Two queries, three for who answers."""
    if not reads_thread(user, review):
        return None
    is_agent = review.agent.user_id == user.pk
    said = []
    for row in REMARKS.all(review=review.pk):
        hidden = is_agent and not shows_reviewer and row.author_id == review.author_id
        name = _("The reviewer") if hidden else row.author.name if row.author else _("Somebody who has left")
        said.append(Said(name, row.is_question, row.text, row.created_at))
    refusal = why_not_ask(user, review) if is_agent else why_not_answer(user, review)
    return Thread(said, refusal)


REMARKS = Prepared(  # asked by every page of a published review
    lambda: ReviewRemark.objects.filter(review=number("review")).select_related("author").order_by("created_at", "pk")
)
