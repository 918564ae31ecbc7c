"""Put another look at the same conversation beside a review: where the two answer differently."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from reviews.models import QueueItem, Review
from reviews.selectors.changes import Changed, differences


@dataclass(frozen=True)
class Look:
    """Another look, in whose words, and each answer that differs: before is the review's, after the other one's."""

    title: str
    review: Review
    answers: list[Changed]


def beside(review: Review, user: User) -> list[Look]:
    """Return the other looks that a person may see; none to whoever still owes one, or is to wait for a decision.

    Two queries, and four a look. How the agent saw it is in self_reviews.
    """
    if review.purpose != QueueItem.Purpose.PRIMARY or review.current is None:
        return []
    if QueueItem.objects.owed_by(user).filter(conversation=review.conversation_id).exists():
        return []
    others = (
        Review.objects.filter(item__pick=review.item.pick_id, purpose=QueueItem.Purpose.SECOND_READ)
        .exclude(current=None)
        .exclude(pk__in=Review.objects.sealed_from(user))
        .select_related("current", "author")
        .order_by("submitted_at", "pk")
    )
    title = _("The second reader")
    return [Look(title, one, differences(review.current, one.current)) for one in others if one.current]
