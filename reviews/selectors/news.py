"""Find what happened to a review's rubric or conversation while it is written: nothing changes, but one should know."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from reviews.models import QueueItem, Review
from rubrics.models import RubricVersion
from rubrics.selectors import current_version

RETIRED, IMPORTED = "retired", "imported"


@dataclass(frozen=True, slots=True)
class News:
    """What happened, and where to look at it: the name of an address of this review, empty when there is none."""

    subject: str
    sentence: str
    label: str
    url_name: str


def news_of(review: Review) -> list[News]:
    """Return what the person who writes should know. No query, one when the version was retired."""
    found = []
    if review.rubric_version.status == RubricVersion.Status.RETIRED and review.purpose == QueueItem.Purpose.PRIMARY:
        found.append(_retired(review))
    if review.conversation.transcript_id != review.transcript_id:
        sentence = _(
            "This conversation was imported again after it was drawn. You judge the transcript as it was drawn;"
            " nothing here changes under you."
        )
        found.append(News(IMPORTED, sentence, _("See what changed"), "reviews:transcript_changes"))
    return found


def _retired(review: Review) -> News:
    sentence = _(
        "This review is scored by version %(number)s, which new reviews do not use any more."
        " You can finish it as it is."
    )
    words = sentence % {"number": review.rubric_version.number}
    newer = current_version(review.rubric_version.rubric)
    if review.status != Review.Status.DRAFT or newer is None or newer.number <= review.rubric_version.number:
        return News(RETIRED, words, "", "")
    return News(RETIRED, words, _("See what moving it to the version in use would change"), "reviews:preview_move")
