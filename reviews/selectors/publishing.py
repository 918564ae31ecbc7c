"""What may be done with a review before and after its agent reads it, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from core.refusals import Refusal
from reviews.models import Review
from reviews.policies import (
    is_to_confirm,
    why_not_publish,
    why_not_release,
    why_not_reopen,
    why_not_send_back,
    why_not_void,
)


@dataclass(frozen=True)
class Release:
    """What one person may do with a review now, and one sentence about what keeps it back; empty when nothing does."""

    why_not_publish: Refusal | None
    why_not_release: Refusal | None
    is_to_confirm: bool
    why_not_reopen: Refusal | None
    why_not_send_back: Refusal | None
    why_not_void: Refusal | None
    waits: str


def release_of(review: Review, user: User, *, now: datetime) -> Release:
    """Ask the policies about every button of a review's page."""
    return Release(
        why_not_publish=why_not_publish(user, review),
        why_not_release=why_not_release(user, review),
        is_to_confirm=is_to_confirm(user, review),
        why_not_reopen=why_not_reopen(user, review, now=now),
        why_not_send_back=why_not_send_back(user, review),
        why_not_void=why_not_void(user, review),
        waits=waits(review) if review.status == Review.Status.SUBMITTED and review.purpose == "primary" else "",
    )


def waits(review: Review) -> str:
    """Say what keeps a submitted review from its agent."""
    if review.is_reopened and review.returned_at is not None:
        words = {"note": review.return_note}
        return _("The second reader sent it back, and its author is changing it: %(note)s") % words
    if review.is_reopened:
        return _("Its author is changing it. What was submitted stands until it is submitted again.")
    if review.returned_at is not None:
        return _("The second reader sent it back to its author: %(note)s") % {"note": review.return_note}
    if review.needs_second_read and review.second_read_at is None and review.release_at is None:
        return _("It fails the card, so a second reader judges the conversation before it goes out.")
    if review.needs_second_read and not review.return_note and review.release_at is None:
        return _("The second reader has judged it too, and now lets it go out or sends it back.")
    return " ".join(filter(None, [_self_review(review), _release(review)]))


def _self_review(review: Review) -> str:
    if review.self_review_until is None:
        return ""
    when = date_format(timezone.localtime(review.self_review_until), "D j M H:i")
    return _("The agent scores the conversation first, until %(when)s.") % {"when": when}


def _release(review: Review) -> str:
    if review.release_at is None:
        return ""
    words = {"when": date_format(timezone.localtime(review.release_at), "D j M H:i")}
    if not review.held_for_meeting:
        return _("The agent sees it on %(when)s.") % words
    return _("It is kept back for the 1:1. The agent sees it on %(when)s: a day before, or two weeks after it was"
             " submitted if no 1:1 is arranged.") % words  # fmt: skip
