"""Turn a draft into a submitted review: scores, answers, comments and pins in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, F
from django.utils.translation import gettext as _

from accounts.models import User
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
from reviews.services import drafting, releasing, rescoring, revisions, second_reads, self_reviews, settling
from reviews.services.releasing import Release
from rubrics import scoring, words


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
    needs = [{"criterion": one.criterion, "code": one.code, "sentence": words.missing(one)} for one in missing]
    problems = needs + misplaced(draft, review.transcript.messages)
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
    goes_out = _release(review, now=now) if is_primary and not review.needs_second_read else None
    review.release_at = goes_out.at if goes_out else None
    review.held_for_meeting = goes_out is not None and goes_out.is_held
    review.draft = {}  # what was written now lives in comments, where it can be erased
    # Read before it was locked, but nobody has saved since: the number of the draft would be another.
    review.active_seconds += drafting.counted(active_seconds)
    SUBMITTED.run(
        review=review.pk,
        now=now,
        release_at=review.release_at,
        held=review.held_for_meeting,
        current=revision.pk,
        seconds=review.active_seconds,
        needs_second_read=review.needs_second_read,
    )
    record("review.submitted", target=review, by=by, at=now, params={"revision": 1})
    _tell_who_waits(review, by=by, now=now)
    return review


def _tell_who_waits(review: Review, *, by: User, now: datetime) -> None:
    """Go on with what a submission sets free or calls for."""
    if review.purpose == QueueItem.Purpose.DISPUTE:
        rescoring.submitted(review.item, by=by, now=now)
    elif review.purpose == QueueItem.Purpose.SECOND_READ:
        second_reads.submitted(review.item, by=by, now=now)
    elif review.purpose == QueueItem.Purpose.SELF:
        self_reviews.submitted(review.item, by=by, now=now)
    elif review.purpose == QueueItem.Purpose.CALIBRATION:
        settling.submitted(review.item, now=now)
    elif review.purpose == QueueItem.Purpose.PRIMARY:
        if review.needs_second_read:
            second_reads.begin(review, now=now)
        self_reviews.ask(review, now=now)


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
    later = _later(review, now=now)
    rows.update(
        current=revision,
        reopened_at=None,
        returned_at=None,
        updated_at=now,
        release_at=None if needs_second_read else later.at,
        held_for_meeting=later.is_held,
        needs_second_read=needs_second_read or read,
        draft={},
        active_seconds=F("active_seconds") + drafting.counted(active_seconds),
    )
    record("review.revised", target=review, by=by, at=now, params={"revision": number})
    if needs_second_read and not review.needs_second_read:
        second_reads.begin(review, now=now)
    review.refresh_from_db()
    return review


def _release(review: Review, *, now: datetime) -> Release:
    return releasing.by_plan(review, earliest=releasing.edit_window(now), now=now)


def _later(review: Review, *, now: datetime) -> Release:
    """Keep the time that was set, but give the edit window again."""
    if review.release_at is None:
        return _release(review, now=now)
    return Release(max(review.release_at, releasing.edit_window(now)), review.held_for_meeting)


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
    free = QueueItem.objects.still_theirs(prepared.number("by"), prepared.moment("now"))
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
            "held_for_meeting": Slot("held", BooleanField()),
            "current": prepared.number("current"),
            "draft": {},
            "active_seconds": prepared.number("seconds"),
            "needs_second_read": Slot("needs_second_read", BooleanField()),
        },
    )
)
