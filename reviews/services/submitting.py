"""Turn a draft into a submitted review: scores, answers, comments and pins in one transaction."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from reviews import drafts, facts
from reviews.models import QueueItem, Review
from reviews.policies import why_not_draft, why_not_submit
from reviews.services import revisions
from rubrics import scoring
from rubrics.selectors import card_for


def submit(review: Review, draft: drafts.Draft, *, by: User, now: datetime, active_seconds: int = 0) -> Review:
    """Submit a review with all its answers; exactly one submission of an item wins.

    Raises Refused: `incomplete` (422, details list what is missing), `lease_lost`, `already_submitted` (409).
    """
    refuse(why_not_draft(by, review))
    refuse(why_not_submit(by, review, now=now))
    refuse(why_incomplete(review, draft))
    try:
        with transaction.atomic():
            return _submit(review, draft, by=by, now=now, active_seconds=active_seconds)
    except IntegrityError as error:
        # The database keeps one submitted review per item, whatever raced here.
        raise Refused(_meanwhile()) from error


def why_incomplete(review: Review, draft: drafts.Draft) -> Refusal | None:
    """List what a draft still needs before it can be submitted."""
    card = card_for(review.rubric_version)
    missing = scoring.problems(card, drafts.answers_of(draft), facts=facts.of(review.conversation))
    pins = _lost_pins(review, draft)
    if not missing and not pins:
        return None
    details: dict[str, Any] = {"problems": [asdict(problem) for problem in missing] + pins}
    count = len(details["problems"])
    sentence = (
        _("One thing is missing before this can be submitted.")
        if count == 1
        else _("%(count)d things are missing before this can be submitted.") % {"count": count}
    )
    return Refusal("incomplete", 422, sentence, details)


def _lost_pins(review: Review, draft: drafts.Draft) -> list[dict[str, str]]:
    count = review.transcript.message_count
    return [
        {
            "criterion": lineage,
            "code": "unknown_message",
            "sentence": _("A pinned message is not in this transcript. Remove the pin and set it again."),
        }
        for lineage, answer in draft.answers.items()
        if any(pin.message >= count for pin in answer.pins)
    ]


def _submit(review: Review, draft: drafts.Draft, *, by: User, now: datetime, active_seconds: int) -> Review:
    taken = QueueItem.objects.open().filter(pk=review.item_id, claimed_by=by) | QueueItem.objects.claimable(now).filter(
        pk=review.item_id
    )
    won = taken.update(
        status=QueueItem.Status.SUBMITTED, claimed_by=None, claimed_until=None, ended_at=now, ended_by=by
    )
    if not won:
        raise Refused(_meanwhile())
    revision = revisions.write(review, draft, number=1, by=by, now=now)
    window = timedelta(minutes=Workspace.current().edit_window_minutes)
    Review.objects.filter(pk=review.pk, status=Review.Status.DRAFT).update(
        status=Review.Status.SUBMITTED,
        submitted_at=now,
        updated_at=now,
        release_at=now + window,
        current=revision,
        draft={},  # what was written now lives in comments, where it can be erased
        active_seconds=review.active_seconds + max(0, active_seconds),
    )
    record("review.submitted", target=review, by=by, at=now, params={"revision": 1})
    review.refresh_from_db()
    return review


def _meanwhile() -> Refusal:
    return Refusal("lease_lost", 409, _("Someone else submitted this conversation meanwhile. Your draft is kept."))
