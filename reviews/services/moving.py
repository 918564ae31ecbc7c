"""Move a draft in progress to the version in use, when its author wants to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from core.audit import record
from core.refusals import Refused, refuse
from reviews import drafts
from reviews.models import Review
from reviews.moving import Carried, carry
from reviews.policies import why_not_move
from reviews.selectors import workspace as board
from reviews.selectors.workspace import Running
from reviews.services import claims, drafting
from rubrics.models import RubricVersion
from rubrics.selectors import card_for, current_version


@dataclass(frozen=True, slots=True)
class Preview:
    """The version in use, what of the draft would carry over to it, and what it comes to before and after."""

    version: RubricVersion
    carried: Carried
    before: Running
    after: Running


def preview(review: Review, *, by: User) -> Preview:
    """Say what moving would do; nothing changes."""
    target = current_version(review.rubric_version.rubric)
    refuse(why_not_move(by, review, target))
    assert target is not None
    draft, card = drafts.parse(review.draft), card_for(target)
    carried = carry(draft, card_for(review.rubric_version), card)
    return Preview(
        version=target,
        carried=carried,
        before=board.running(review, draft),
        after=board.running(review, carried.draft, card=card),
    )


@transaction.atomic
def move(review: Review, *, number: int, to: int, by: User, now: datetime) -> Review:
    """Put a draft that was in state `number` on the version in use, if that is still the one that was previewed.

    Raises Refused: `stale_draft` (409) when another tab saved meanwhile, `other_version` (409) when yet another
    version came into use.
    """
    found = preview(review, by=by)
    refuse(why_not_move(by, review, found.version, previewed=to))
    rows = Review.objects.filter(pk=review.pk, status=Review.Status.DRAFT, draft_number=number)
    moved = rows.update(
        rubric_version=found.version, draft=drafts.dump(found.carried.draft), draft_number=number + 1, updated_at=now
    )
    if not moved:
        raise Refused(drafting.why_not_stored(review, by=by))
    claims.hold(review.item, by=by, now=now)
    params = {
        "from_version": review.rubric_version.number, "to_version": found.version.number,
        "answers_lost": len(found.carried.lost),
    }  # fmt: skip
    record("review.moved", target=review, by=by, at=now, params=params)
    review.refresh_from_db()
    return review
