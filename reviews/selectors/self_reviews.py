"""Put how an agent scored the own conversation beside the review: in one sentence, and the gap of each criterion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core import figures
from core.prepared import Prepared, number
from reviews.models import QueueItem, Review
from reviews.selectors.explain import Line, explain

COUNTED = {"scored", "bonus"}


@dataclass(frozen=True)
class Gap:
    """One criterion: what the agent answered, what the review says, and how many points more the agent gave."""

    number: int
    criterion: str
    name: str
    own: str
    theirs: str
    points: Decimal | None
    comments: list[str]

    @property
    def differs(self) -> bool:
        """Say whether both answered differently."""
        return self.own != self.theirs


@dataclass(frozen=True)
class SelfLook:
    """How an agent saw their own conversation, beside what the review says."""

    review: Review
    sentence: str
    gaps: list[Gap]


def asked_of(user: User) -> QuerySet[QueueItem]:
    """Return the own conversations that somebody may score before seeing the review, each with the draft begun."""
    draft = Review.objects.filter(item=OuterRef("pk"), author=user.pk).order_by().values("pk")
    asked = QueueItem.objects.self_reviews_of(user).annotate(draft_id=Subquery(draft))
    return asked.select_related("conversation", "rubric_version__rubric", "agent")


def self_look(review: Review, lines: Sequence[Line], *, is_agent: bool) -> SelfLook | None:
    """Return how the agent scored it, once the review is out; None when they did not. One query, four when they did.

    `lines` are those of the review as it stands.
    """
    out = {Review.Status.PUBLISHED, Review.Status.VOIDED}
    if review.purpose != QueueItem.Purpose.PRIMARY or review.status not in out:
        return None
    own = OWN.first(pick=review.item.pick_id, version=review.rubric_version_id)
    if own is None or own.current is None or review.current is None:
        return None
    mine = {line.criterion.lineage: line for line in explain(own, own.current, rows=()).lines}
    gaps = [_gap(line, mine[line.criterion.lineage]) for line in lines if line.criterion.lineage in mine]
    scores = (own.current.final_score, review.current.final_score)
    return SelfLook(own, _sentence(gaps, scores, is_agent=is_agent), gaps)


OWN = Prepared(  # asked by every page of a published review
    lambda: (
        Review.objects.filter(item__pick=number("pick"), purpose=QueueItem.Purpose.SELF)
        .filter(status=Review.Status.SUBMITTED, rubric_version=number("version"))
        .select_related("item", "current", "conversation", "rubric_version")
        .order_by("-pk")[:1]
    )
)


def _gap(line: Line, own: Line) -> Gap:
    both = line.state in COUNTED and own.state in COUNTED
    # The same answer may weigh otherwise where another question is left out: that is no gap between two judgements.
    points = Decimal(0) if own.answer == line.answer else own.points - line.points
    return Gap(
        number=line.number,
        criterion=line.criterion.lineage,
        name=line.criterion.name,
        own=own.answer,
        theirs=line.answer,
        points=points if both else None,
        comments=own.comments,
    )


def _sentence(gaps: Sequence[Gap], scores: tuple[Decimal | None, Decimal | None], *, is_agent: bool) -> str:
    own, theirs = scores
    said = []
    if own is not None and theirs is not None:
        words = {"own": figures.points(own), "theirs": figures.points(theirs)}
        whole = (
            _("You gave yourself %(own)s, the review gives %(theirs)s.")
            if is_agent
            else _("The agent gave %(own)s, the review gives %(theirs)s.")
        )
        said.append(whole % words)
    different = [gap for gap in gaps if gap.differs]
    if not different:
        return " ".join([*said, _("Every answer is the same.")])
    count = ngettext(
        "One of %(all)d answers differs.", "%(n)d of %(all)d answers differ.", len(different)
    ) % {"n": len(different), "all": len(gaps)}  # fmt: skip
    widest = max(different, key=lambda gap: abs(gap.points or Decimal(0)))
    if len(different) > 1 and widest.points:
        count += " " + _("You are furthest apart on “%(name)s”.") % {"name": widest.name} if is_agent else (
            " " + _("They are furthest apart on “%(name)s”.") % {"name": widest.name}
        )  # fmt: skip
    return " ".join([*said, count])
