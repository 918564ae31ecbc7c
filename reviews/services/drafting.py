"""Save what a reviewer fills in. The later of two saves is told, never the earlier one overwritten."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.refusals import Refusal, Refused, refuse
from reviews import drafts
from reviews.models import Review
from reviews.policies import why_not_draft
from reviews.services import claims

MOST_SECONDS_A_SAVE = 15 * 60


@transaction.atomic
def save(
    review: Review, draft: drafts.Draft, *, number: int, by: User, now: datetime, active_seconds: int = 0
) -> tuple[int, bool]:
    """Store a draft that was edited from state `number`; return its new number and whether the lease still holds.

    Raises Refused(stale_draft, 409) with the number stored when somebody (another tab) saved in between.
    """
    refuse(why_not_draft(by, review))
    seconds = max(0, min(active_seconds, MOST_SECONDS_A_SAVE))
    rows = Review.objects.filter(pk=review.pk, status=Review.Status.DRAFT, draft_number=number)
    saved = rows.update(
        draft=drafts.dump(draft),
        draft_number=number + 1,
        updated_at=now,
        active_seconds=review.active_seconds + seconds,
    )
    if not saved:
        raise Refused(_stale(review))
    return number + 1, claims.renew(review.item, by=by, now=now)


def _stale(review: Review) -> Refusal:
    review.refresh_from_db(fields=["status", "draft_number"])
    if review.status != Review.Status.DRAFT:
        return Refusal("already_submitted", 409, _("This review was submitted already, perhaps in another tab."))
    sentence = _("This review was changed in another tab or window. Load the newer state, or keep yours.")
    return Refusal("stale_draft", 409, sentence, {"number": review.draft_number})
