"""What reviews said when a supervisor's time with a team ended: only what was out by then, as it stood then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import RoleGrant
from conversations.selectors import names, open_ones, participants_of
from conversations.transcripts import view_messages
from reviews.models import QueueItem, Review, ReviewRemark, Revision
from reviews.selectors.explain import Explained, explain

WHOLE = ("item__pick", "conversation", "transcript", "agent", "team", "rubric_version__rubric")


@dataclass(frozen=True, slots=True)
class AsOf:
    """One review as its reader knew it when the grant ended; moments after that are None."""

    review: Review
    revision: Revision
    read_at: datetime | None
    acknowledged_at: datetime | None
    reply: str


@dataclass(frozen=True, slots=True)
class Page:
    """One review with everything it rested on then, and what had been asked and answered."""

    as_of: AsOf
    explained: Explained
    remarks: list[ReviewRemark]


def completed(grant: RoleGrant) -> QuerySet[Review]:
    """Return the reviews that went out to agents of the team within a grant, the last first; never about oneself.

    A review keeps the team its agent was in when the conversation ended. One that was voided since is read by nobody.
    """
    rows = Review.objects.published().filter(
        purpose=QueueItem.Purpose.PRIMARY, published_at__gte=grant.starts_at, published_at__lt=grant.ends_at
    )
    if grant.team_id is not None:
        rows = rows.filter(team=grant.team_id)
    revisions = Revision.objects.filter(review=OuterRef("pk"), created_at__lt=grant.ends_at).order_by("-number")
    return (
        not_own(rows, grant, "agent")
        .annotate(revision_then=Subquery(revisions.values("pk")[:1]))
        .exclude(revision_then=None)
        .select_related(*WHOLE)
        .order_by("-published_at", "-pk")
    )


def not_own(rows: QuerySet[Any], grant: RoleGrant, agent: str) -> QuerySet[Any]:
    """Leave out what is about the person of the grant; agent: where a row names whom it is about."""
    return rows.exclude(Q(**{f"{agent}__user": grant.user_id, f"{agent}__user__isnull": False}))


def as_of(reviews: Iterable[Review], grant: RoleGrant) -> list[AsOf]:
    """Put each review beside the revision that stood when the grant ended. One query."""
    found = list(reviews)
    revisions = Revision.objects.in_bulk([one.revision_then for one in found])  # type: ignore[attr-defined]
    return [_as_of(one, revisions[one.revision_then], grant) for one in found]  # type: ignore[attr-defined]


def _as_of(review: Review, revision: Revision, grant: RoleGrant) -> AsOf:
    acknowledged = by_then(review.acknowledged_at, grant)
    return AsOf(
        review=review,
        revision=revision,
        read_at=by_then(review.read_at, grant),
        acknowledged_at=acknowledged,
        reply=review.reply if acknowledged else "",
    )


def by_then(moment: datetime | None, grant: RoleGrant) -> datetime | None:
    """Return a moment, or None when it came after the grant had ended."""
    assert grant.ends_at is not None
    return moment if moment is not None and moment < grant.ends_at else None


def page(review: Review, grant: RoleGrant) -> Page:
    """Explain one review as it stood; its messages are those that answers are pinned to, not the whole conversation."""
    (found,) = as_of([review], grant)
    talk = review.conversation
    rows = view_messages(review.transcript, names=names(talk, participants_of(talk.pk)), open_ones=open_ones(talk))
    said = ReviewRemark.objects.filter(review=review, created_at__lt=grant.ends_at).select_related("author")
    return Page(found, explain(review, found.revision, rows=rows), list(said.order_by("created_at", "pk")))
