"""Take a review out of everything it counted in, with a reason. It stays readable for those who oversee."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from reviews.models import Dispute, Review
from reviews.policies import why_not_void
from reviews.services import cells, disputes, seats
from reviews.services.telling import tell

LONGEST = 2000


@transaction.atomic
def void(review: Review, *, reason: str, by: User, now: datetime) -> Review:
    """Void a submitted or published review; the averages forget it in the same transaction, and its dispute ends."""
    refuse(why_not_void(by, review))
    words = reason.strip()
    if not words or len(words) > LONGEST:
        raise Refused(Refusal("reason_missing", 422, _("Say why, in at most 2,000 characters.")))
    seats.lock(review)
    row = (
        Review.objects.select_for_update(of=("self",), no_key=True)
        .select_related("current", "item__pick", "agent")
        .get(pk=review.pk)
    )
    refuse(why_not_void(by, row))
    if row.status == Review.Status.PUBLISHED and row.current is not None:
        cells.add(row, row.current, sign=-1)
    Review.objects.filter(pk=row.pk).update(
        status=Review.Status.VOIDED, voided_at=now, voided_by=by, void_reason=words, reopened_at=None, updated_at=now,
        release_at=None, self_review_until=None, draft={},
    )  # fmt: skip
    _end_what_hangs_on_it(row, by=by, now=now)
    record("review.voided", target=row, by=by, at=now, fields=["void_reason"])
    told = [row.author_id, row.agent.user_id if row.status == Review.Status.PUBLISHED else None]
    tell(told, "review.voided", path="", by=by, now=now)
    review.refresh_from_db()
    return review


def _end_what_hangs_on_it(review: Review, *, by: User, now: datetime) -> None:
    seats.end(review, by=by, now=now)
    for dispute in Dispute.objects.open().filter(review=review).select_related("review__agent"):
        if disputes.end(dispute, status=Dispute.Status.WITHDRAWN, by=by, now=now):
            record("dispute.withdrawn", target=dispute, by=by, at=now)
