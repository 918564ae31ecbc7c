"""Have what fails the card read by a second person, blind, before its agent reads it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from reviews.models import QueueItem, Review, Revision
from reviews.policies import why_not_send_back
from reviews.services import second_looks
from reviews.services.telling import tell

DUE = timedelta(days=2)
WHOLE = ("agent", "item__pick__completion", "conversation__source", "rubric_version")
BATCH = 200
LONGEST = 2000


def required(revision: Revision) -> bool:
    """Say whether a second reader comes before publication: the answers fail the card and the workspace wants one."""
    fails = any(entry.get("reason") == "card" for entry in revision.failed_by)
    return fails and Workspace.current().second_reader_for_card_fail


def begin(review: Review, *, now: datetime) -> QueueItem | None:
    """Put the second read into the queue; None while nobody is free, then the sweep looks again."""
    whole = Review.objects.select_related(*WHOLE).get(pk=review.pk)
    purpose = QueueItem.Purpose.SECOND_READ
    return second_looks.put(whole, purpose=purpose, criteria=[], due_at=now + DUE, now=now)


def submitted(item: QueueItem, *, by: User, now: datetime) -> None:
    """Note that the second read is in; who read it now sees both, and publishes or sends back."""
    waiting = Review.objects.waiting().filter(item__pick=item.pick_id, needs_second_read=True, second_read_at=None)
    review = waiting.first()
    if review is None:  # a QA manager has published or voided it meanwhile
        return
    Review.objects.waiting().filter(pk=review.pk).update(second_read_at=now, second_reader=by, updated_at=now)
    record("review.second_read", target=review, by=by, at=now)
    tell([by.pk], "second_read.to_confirm", path=f"/reviews/{review.pk}/", now=now)


def hand_on(item: QueueItem, *, now: datetime) -> None:
    """Give a second read that its person does not take to somebody else."""
    for review in Review.objects.without_second_reader().filter(item__pick=item.pick_id):
        begin(review, now=now)


def find_people(*, now: datetime) -> int:
    """Find somebody for the second reads that nobody has; the number found."""
    waiting = Review.objects.without_second_reader().order_by("pk").values_list("pk", flat=True)[:BATCH]
    return sum(_find(pk, now=now) for pk in waiting)


@transaction.atomic
def _find(pk: int, *, now: datetime) -> bool:
    # Two sweeps at once must not open two seats.
    locked = Review.objects.select_for_update(skip_locked=True, of=("self",), no_key=True).filter(pk=pk).first()
    if locked is None or not Review.objects.without_second_reader().filter(pk=pk).exists():
        return False
    return begin(locked, now=now) is not None


@transaction.atomic
def send_back(review: Review, *, note: str, by: User, now: datetime) -> Review:
    """Return a review to its author with a note; it can be changed again and then goes out by itself."""
    refuse(why_not_send_back(by, review))
    words = note.strip()
    if not words or len(words) > LONGEST:
        raise Refused(Refusal("note_missing", 422, _("Tell the author what to look at, in at most 2,000 characters.")))
    rows = Review.objects.undecided().filter(pk=review.pk, second_reader=by)
    returned = rows.update(returned_at=now, return_note=words, updated_at=now)
    review.refresh_from_db()
    if not returned:
        refuse(why_not_send_back(by, review))
    record("review.returned", target=review, by=by, at=now, fields=["return_note"])
    tell([review.author_id], "review.returned", path=f"/reviews/{review.pk}/", by=by, now=now)
    return review
