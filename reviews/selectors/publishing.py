"""What may be done with a review before and after its agent reads it, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from core.refusals import Refusal
from reviews.models import Review
from reviews.policies import why_not_publish, why_not_reopen, why_not_send_back, why_not_void


@dataclass(frozen=True)
class Release:
    """What one person may do with a review now, and one sentence about what keeps it back; empty when nothing does."""

    why_not_publish: Refusal | None
    why_not_reopen: Refusal | None
    why_not_send_back: Refusal | None
    why_not_void: Refusal | None
    waits: str


def release_of(review: Review, user: User, *, now: datetime) -> Release:
    """Ask the policies about every button of a review's page."""
    return Release(
        why_not_publish=why_not_publish(user, review),
        why_not_reopen=why_not_reopen(user, review, now=now),
        why_not_send_back=why_not_send_back(user, review),
        why_not_void=why_not_void(user, review),
        waits=waits(review) if review.status == Review.Status.SUBMITTED and review.purpose == "primary" else "",
    )


def waits(review: Review) -> str:
    """Say what keeps a submitted review from its agent."""
    if review.is_reopened:
        return _("Its author is changing it. What was submitted stands until it is submitted again.")
    if review.returned_at is not None:
        return _("The second reader sent it back to its author: %(note)s") % {"note": review.return_note}
    if review.needs_second_read and review.second_read_at is None:
        return _("It fails the card, so a second reader judges the conversation before it goes out.")
    if review.needs_second_read and not review.return_note:
        return _("The second reader has judged it too, and now publishes it or sends it back.")
    if review.held_for_meeting:
        return _("It is kept back until a day before the agent’s next 1:1.")
    return ""
