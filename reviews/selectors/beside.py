"""Put another look at the same conversation beside a review: where the two answer differently."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from reviews.models import QueueItem, Review
from reviews.selectors.changes import Changed, differences

LOOKS = (QueueItem.Purpose.SECOND_READ, QueueItem.Purpose.SELF)


@dataclass(frozen=True)
class Look:
    """Another look, in whose words, and each answer that differs: before is the review's, after the other one's."""

    title: str
    review: Review
    answers: list[Changed]


def beside(review: Review, user: User) -> list[Look]:
    """Return the other looks that a person may see; none to whoever still owes one. Two queries, and four a look."""
    if review.purpose != QueueItem.Purpose.PRIMARY or review.current is None:
        return []
    if QueueItem.objects.owed_by(user).filter(conversation=review.conversation_id).exists():
        return []
    others = (
        Review.objects.filter(item__pick=review.item.pick_id, purpose__in=LOOKS)
        .exclude(current=None)
        .select_related("current", "author")
        .order_by("submitted_at", "pk")
    )
    return [Look(_title(one), one, differences(review.current, one.current)) for one in others if one.current]


def _title(review: Review) -> str:
    if review.purpose == QueueItem.Purpose.SELF:
        return _("How the agent saw it")
    return _("The second reader")
