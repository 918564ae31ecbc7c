"""Change what was submitted while the edit window is open: the author fills in again, and that makes a new revision."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.models import User
from core import audit
from core.refusals import refuse
from reviews import drafts
from reviews.models import Review
from reviews.policies import why_not_keep, why_not_reopen
from reviews.selectors.stored import draft_of

LONGEST_OPEN = timedelta(hours=24)
BATCH = 500


@transaction.atomic
def reopen(review: Review, *, by: User, now: datetime) -> Review:
    """Open a submitted review for its author again, filled in as it was; what was submitted stands meanwhile."""
    refuse(why_not_reopen(by, review, now=now))
    assert review.current is not None
    rows = Review.objects.waiting().filter(pk=review.pk, reopened_at=None, current=review.current_id)
    reopened = rows.update(
        reopened_at=now,
        updated_at=now,
        draft=drafts.dump(draft_of(review.current)),
        draft_number=F("draft_number") + 1,
    )
    review.refresh_from_db()
    if not reopened:
        refuse(why_not_reopen(by, review, now=now))
    audit.record("review.reopened", target=review, by=by, at=now)
    return review


@transaction.atomic
def keep(review: Review, *, by: User, now: datetime) -> Review:
    """Give a change up: what was submitted stays as it was."""
    refuse(why_not_keep(by, review))
    _closed(Review.objects.filter(pk=review.pk), now=now)
    review.refresh_from_db()
    audit.record("review.kept", target=review, by=by, at=now)
    return review


def close_stale(*, now: datetime) -> int:
    """Give up changes that nobody finished within a day, so that the agent does not wait for ever; the number."""
    stale = Review.objects.waiting().filter(reopened_at__lt=now - LONGEST_OPEN)
    if not stale.exists():
        return 0
    with transaction.atomic():
        locked = list(stale.select_for_update(skip_locked=True, of=("self",), no_key=True).order_by("pk")[:BATCH])
        _closed(Review.objects.filter(pk__in=[review.pk for review in locked]), now=now)
        audit.record_many([audit.event("review.kept", target=review, by=None, at=now) for review in locked])
    return len(locked)


def _closed(rows: QuerySet[Review], *, now: datetime) -> None:
    rows.filter(reopened_at__isnull=False).update(reopened_at=None, draft={}, updated_at=now)
