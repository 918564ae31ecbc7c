"""Turn a draft into a submitted review: scores, answers, comments and pins in one transaction."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, F
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from core import prepared
from core.audit import record
from core.prepared import Prepared, PreparedUpdate, Slot
from core.refusals import Refusal, Refused, refuse
from reviews import drafts, facts
from reviews.cards import card_of
from reviews.models import QueueItem, Review
from reviews.models.queue import QueueItemQuerySet
from reviews.policies import why_lost, why_not_draft
from reviews.selectors.missing import misplaced
from reviews.services import drafting, rescoring, revisions, second_reads
from rubrics import scoring


def submit(
    review: Review,
    draft: drafts.Draft,
    *,
    by: User,
    now: datetime,
    number: int | None = None,
    active_seconds: int = 0,
) -> Review:
    """Submit a review with all its answers; exactly one submission of an item wins.

    `number` is the state of the draft that the page was edited from; None takes the draft as it is given.
    Raises Refused: `incomplete` (422, details list what is missing), and with 409 `lease_lost`, `item_ended`,
    `already_submitted` or `stale_draft`.
    """
    refuse(why_not_draft(by, review))
    if not review.is_reopened:
        refuse(why_lost(by, review.item, now=now))
    if number is not None and number != review.draft_number:
        raise Refused(drafting.why_not_stored(review, by=by))
    refuse(why_incomplete(review, draft))
    with transaction.atomic():
        again = _resubmit if review.is_reopened else _submit
        return again(review, draft, by=by, now=now, active_seconds=active_seconds)


def why_incomplete(review: Review, draft: drafts.Draft) -> Refusal | None:
    """List what a draft still needs before it can be submitted."""
    card = card_of(review)
    missing = scoring.problems(card, drafts.answers_of(draft), facts=facts.of(review.conversation))
    problems = [asdict(problem) for problem in missing] + misplaced(draft, review.transcript.messages)
    if not problems:
        return None
    return Refusal("incomplete", 422, _in_one_sentence(problems, review), {"problems": problems})


def _in_one_sentence(problems: list[dict[str, Any]], review: Review) -> str:
    if any(str(problem["code"]).startswith("unknown_") for problem in problems):
        sentence = _("Some answers are for another version: this review is scored by version %(number)s of the rubric.")
        return sentence % {"number": review.rubric_version.number}
    if len(problems) == 1:
        return _("One thing is missing before this can be submitted.")
    return _("%(count)d things are missing before this can be submitted.") % {"count": len(problems)}


def _submit(review: Review, draft: drafts.Draft, *, by: User, now: datetime, active_seconds: int) -> Review:
    # First the review, then its item: saves lock in the same order.
    if not UNCHANGED.rows(review=review.pk, number=review.draft_number):
        raise Refused(drafting.why_not_stored(review, by=by))
    _win(review.item, by=by, now=now)
    revision = revisions.write(review, draft, number=1, by=by, now=now)
    review.status, review.current = Review.Status.SUBMITTED, revision
    review.submitted_at = review.updated_at = now
    is_primary = review.purpose == QueueItem.Purpose.PRIMARY
    review.needs_second_read = is_primary and second_reads.required(revision)
    # What is no agent's feedback is never released, and what needs a second reader not by itself.
    review.release_at = _release_at(now) if is_primary and not review.needs_second_read else None
    review.draft = {}  # what was written now lives in comments, where it can be erased
    # Read before it was locked, but nobody has saved since: the number of the draft would be another.
    review.active_seconds += drafting.counted(active_seconds)
    SUBMITTED.run(
        review=review.pk,
        now=now,
        release_at=review.release_at,
        current=revision.pk,
        seconds=review.active_seconds,
        needs_second_read=review.needs_second_read,
    )
    record("review.submitted", target=review, by=by, at=now, params={"revision": 1})
    if review.purpose == QueueItem.Purpose.DISPUTE:
        rescoring.submitted(review.item, by=by, now=now)
    elif review.purpose == QueueItem.Purpose.SECOND_READ:
        second_reads.submitted(review.item, by=by, now=now)
    elif review.needs_second_read:
        second_reads.begin(review, now=now)
    return review


def _resubmit(review: Review, draft: drafts.Draft, *, by: User, now: datetime, active_seconds: int) -> Review:
    """Make what its author changed the next revision, and start the edit window again."""
    rows = Review.objects.waiting().filter(
        pk=review.pk, reopened_at__isnull=False, draft_number=review.draft_number, current=review.current_id
    )
    if not rows.select_for_update(no_key=True).exists():
        raise Refused(drafting.why_not_stored(review, by=by))
    assert review.current is not None
    number = review.current.number + 1
    reason = _("Sent back by the second reader") if review.returned_at else _("Changed by its author")
    revision = revisions.write(review, draft, number=number, by=by, now=now, reason=reason)
    read = review.second_read_at is not None
    needs_second_read = not read and second_reads.required(revision)
    later = review.release_at if review.release_at and review.release_at > _release_at(now) else _release_at(now)
    rows.update(
        current=revision,
        reopened_at=None,
        returned_at=None,
        updated_at=now,
        release_at=None if needs_second_read else later,
        needs_second_read=needs_second_read or read,
        draft={},
        active_seconds=F("active_seconds") + drafting.counted(active_seconds),
    )
    record("review.revised", target=review, by=by, at=now, params={"revision": number})
    if needs_second_read and not review.needs_second_read:
        second_reads.begin(review, now=now)
    review.refresh_from_db()
    return review


def _release_at(now: datetime) -> datetime:
    return now + timedelta(minutes=Workspace.current().edit_window_minutes)


def _win(item: QueueItem, *, by: User, now: datetime) -> None:
    # The UPDATE is the decision. Whoever comes second waits for it, and then finds no open item.
    if not WON.run(item=item.pk, by=by.pk, now=now):
        item.refresh_from_db()
        refuse(why_lost(by, item, now=now))
    item.status, item.claimed_by, item.claimed_until = QueueItem.Status.SUBMITTED, None, None
    item.ended_at, item.ended_by = now, by


# What every submission sends, put into SQL once.
UNCHANGED = Prepared(
    lambda: (
        Review.objects.filter(
            pk=prepared.number("review"), status=Review.Status.DRAFT, draft_number=prepared.number("number")
        )
        .select_for_update(no_key=True)
        .order_by()
        .values_list("pk")
    )
)


def _write_won() -> tuple[QueueItemQuerySet, dict[str, Any]]:
    mine = QueueItem.objects.open().filter(claimed_by=prepared.number("by"))
    free = QueueItem.objects.claimable(prepared.moment("now"))
    submitted = {
        "status": QueueItem.Status.SUBMITTED,
        "claimed_by": None,
        "claimed_until": None,
        "ended_at": prepared.moment("now"),
        "ended_by": prepared.number("by"),
    }
    return (mine | free).filter(pk=prepared.number("item")), submitted


WON = PreparedUpdate(_write_won)
SUBMITTED = PreparedUpdate(
    lambda: (
        Review.objects.filter(pk=prepared.number("review")),
        {
            "status": Review.Status.SUBMITTED,
            "submitted_at": prepared.moment("now"),
            "updated_at": prepared.moment("now"),
            "release_at": prepared.moment("release_at"),
            "current": prepared.number("current"),
            "draft": {},
            "active_seconds": prepared.number("seconds"),
            "needs_second_read": Slot("needs_second_read", BooleanField()),
        },
    )
)
