"""Assemble what an agent reads: the list with the unread first, and one review explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from conversations.selectors import names, open_ones, participants_of
from conversations.transcripts import MessageRow, view_messages
from core import prepared
from core.prepared import Prepared
from reviews.models import Review
from reviews.selectors.explain import Explained, explain
from reviews.visibility import Viewer, Visible, visible


@dataclass(frozen=True)
class Reading:
    """One review as its reader sees it."""

    review: Review
    explained: Explained
    rows: list[dict[str, Any]]
    seen: Visible
    draw_words: str


def feedback_list(user: User) -> QuerySet[Review]:
    """Return a person's own published reviews: unread, then not acknowledged, then the rest; each newest first."""
    return (
        Review.objects.feedback_for(user)
        .select_related("conversation", "current", "rubric_version__rubric")
        .annotate(is_read=Q(read_at__isnull=False), is_acknowledged=Q(acknowledged_at__isnull=False))
        .order_by("is_read", "is_acknowledged", "-published_at", "-pk")
    )


# What the page of one review shows beside its scores.
WHOLE = (
    "item__plan", "item__agent", "item__pick__stratum", "conversation", "transcript", "agent", "team", "author",
    "current", "rubric_version__rubric",
)  # fmt: skip


def own_review(pk: int, *, user: User) -> Review | None:
    """Return one of a person's own published reviews with all that its page shows; None when it is not theirs."""
    return OWN.first(review=pk, user=user.pk)


OWN = Prepared(
    lambda: (
        Review.objects.published()
        .filter(pk=prepared.number("review"), agent__user=prepared.number("user"))
        .select_related(*WHOLE)
        .order_by()
    )
)


def reading(review: Review, *, viewer: Viewer, owes_own_review: bool = False) -> Reading:
    """Load everything that one review's page shows."""
    assert review.current is not None
    talk = review.conversation
    rows = view_messages(review.transcript, names=names(talk, participants_of(talk.pk)), open_ones=open_ones(talk))
    explained = explain(review, review.current, rows=rows)
    return Reading(
        review=review,
        explained=explained,
        rows=[row_with_pins(row, explained) for row in rows],
        seen=visible(
            viewer,
            status=review.status,
            owes_own_review=owes_own_review,
            shows_reviewer_name=Workspace.current().shows_reviewer_name,
        ),
        draw_words=draw_words(review),
    )


def row_with_pins(row: MessageRow, explained: Explained) -> dict[str, Any]:
    """Put the criteria pinned at a message, and the comments at it, beside the message."""
    return {
        "row": row,
        "lines": explained.pinned.get(row.index, []),
        "notes": explained.notes.get(row.index, []),
    }


def draw_words(review: Review) -> str:
    """Return how the conversation was chosen; empty for a hand pick."""
    stratum = review.item.pick.stratum
    if stratum is None:
        return ""
    return _("%(drawn)d of %(all)d conversations") % {"drawn": stratum.drawn, "all": stratum.frame_size}


def viewer_of(review: Review, user: User, *, oversees: bool) -> Viewer:
    """Say what a person is to a review."""
    if review.author_id == user.pk:
        return Viewer.AUTHOR
    if review.agent.user_id == user.pk:
        return Viewer.AGENT
    return Viewer.OVERSEER if oversees else Viewer.PEER
