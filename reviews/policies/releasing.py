"""Who may let a review go out, and when, and the words when not."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.access import reach
from accounts.models import User
from accounts.roles import Permission
from core.refusals import Refusal
from reviews.models import Review

LATEST = timedelta(days=90)


def why_not_publish(user: User, review: Review) -> Refusal | None:
    """Explain why a person may not show a review to its agent now; a second reader may let it go out once."""
    refusal = why_not_release(user, review)
    if refusal is not None or review.self_review_until is None or is_to_confirm(user, review):
        return refusal
    if review.author_id != user.pk and reach(user, Permission.MANAGE_SAMPLING).everywhere:
        return None
    sentence = _("The agent scores this conversation first, until %(when)s. It goes out by itself after that.")
    when = date_format(timezone.localtime(review.self_review_until), "j F H:i")
    return Refusal("self_review_open", 409, sentence % {"when": when})


def why_not_release(user: User, review: Review) -> Refusal | None:
    """Explain why a person may not say when a review goes out."""
    if review.author_id != user.pk and not _everywhere(user) and not _is_second_reader(user, review):
        return Refusal("not_your_review", 403, _("Only its author or a QA manager publishes a review."))
    if review.status == Review.Status.PUBLISHED:
        return Refusal("already_published", 409, _("This review is published already."))
    if review.status != Review.Status.SUBMITTED:
        return Refusal("not_submitted", 409, _("Only a submitted review can be published."))
    if review.purpose != "primary":
        return Refusal("not_for_the_agent", 409, _("This kind of review is not shown to the agent."))
    if review.is_reopened:
        return Refusal("being_changed", 409, _("Its author is changing this review, so it is not published now."))
    return None if review.author_id != user.pk else _why_not_alone(review)


def _why_not_alone(review: Review) -> Refusal | None:
    """Explain why an author alone does not publish: a second person reads what fails the card."""
    if review.returned_at is not None:
        sentence = _("The second reader sent this back. Change it, or ask a QA manager to publish it as it is.")
        return Refusal("returned", 409, sentence)
    # Once it was sent back and changed, or let go, it goes out as its author made it.
    if review.needs_second_read and not review.return_note and review.release_at is None:
        sentence = _("This review fails the card, so a second reader looks at it before it goes out.")
        return Refusal("needs_second_read", 409, sentence)
    return None


def is_to_confirm(user: User, review: Review) -> bool:
    """Say whether a second reader has read a review and not yet let it go out: then its plan's rule says when."""
    return _is_second_reader(user, review) and review.release_at is None and not _everywhere(user)


def why_not_schedule(user: User, review: Review, at: datetime, *, now: datetime) -> Refusal | None:
    """Explain why a person may not set when a review goes out."""
    refusal = why_not_release(user, review)
    if refusal is not None:
        return refusal
    if not now < at <= now + LATEST:
        return Refusal("bad_time", 422, _("Choose a time from now on, within the next 90 days."))
    return None


def why_not_send_back(user: User, review: Review) -> Refusal | None:
    """Explain why a person may not send a review back to its author: its second reader may, once."""
    if not _is_second_reader(user, review):
        return Refusal("not_second_reader", 403, _("Only the second reader sends a review back."))
    if review.status != Review.Status.SUBMITTED or review.returned_at is not None or review.return_note:
        return Refusal("read_already", 409, _("This was decided already, so nothing was changed."))
    if review.release_at is not None:
        return Refusal("read_already", 409, _("This was decided already, so nothing was changed."))
    return None


def _is_second_reader(user: User, review: Review) -> bool:
    return review.second_reader_id == user.pk and review.second_read_at is not None


def _everywhere(user: User) -> bool:
    return reach(user, Permission.MANAGE_SAMPLING).everywhere
