"""Save what a reviewer fills in. The later of two saves is told, never the earlier one overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from core.refusals import Refusal, Refused, refuse
from reviews import drafts
from reviews.models import Review
from reviews.policies import why_lost, why_not_draft, why_not_held
from reviews.services import claims

MOST_SECONDS_A_SAVE = 15 * 60


@dataclass(frozen=True, slots=True)
class Saved:
    """The number of the state that was stored, and why the item is no longer the author's, if it is not."""

    number: int
    lost: Refusal | None


@transaction.atomic
def save(
    review: Review, draft: drafts.Draft, *, number: int, by: User, now: datetime, active_seconds: int = 0
) -> Saved:
    """Store a draft that was edited from state `number`, and keep the item held.

    Raises Refused(stale_draft, 409) with the number stored when somebody (another tab) saved in between. Typing is
    not audited: claiming, submitting and everything after is.
    """
    refuse(why_not_draft(by, review))
    rows = Review.objects.being_written().filter(pk=review.pk, draft_number=number)
    saved = rows.update(
        draft=drafts.dump(draft),
        draft_number=number + 1,
        updated_at=now,
        active_seconds=F("active_seconds") + counted(active_seconds),
    )
    if not saved:
        raise Refused(why_not_stored(review, by=by))
    # What was submitted is nobody else's to take, so there is nothing to hold.
    if review.is_reopened or claims.hold(review.item, by=by, now=now):
        return Saved(number + 1, None)
    review.item.refresh_from_db()
    return Saved(number + 1, why_lost(by, review.item, now=now))


def keep_held(review: Review, *, by: User, now: datetime) -> Refusal | None:
    """Keep one's hold on an item running while its page is open; why it is not held any more, if that is so."""
    if refusal := why_not_draft(by, review):
        return refusal  # so that a page that was left open does not hold what its reader may no longer score
    if review.is_reopened or claims.renew(review.item, by=by, now=now):
        return None
    review.item.refresh_from_db()
    return why_not_held(by, review.item, now=now)


def counted(seconds: int) -> int:
    """Return the seconds on review that one message from a page may add."""
    return max(0, min(seconds, MOST_SECONDS_A_SAVE))


def why_not_stored(review: Review, *, by: User) -> Refusal:
    """Explain why a draft was not in the state that its page was edited from."""
    review.refresh_from_db(fields=["status", "draft_number", "reopened_at"])
    ended = why_not_draft(by, review)
    if ended is not None:
        return ended
    sentence = _("This review was changed in another tab or window. Load the newer state, or keep yours.")
    return Refusal("stale_draft", 409, sentence, {"number": review.draft_number})
