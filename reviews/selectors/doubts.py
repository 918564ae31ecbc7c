"""List the answers of a review that can be disputed, those that cost something first."""

from __future__ import annotations

from collections.abc import Collection

from conversations.selectors import names
from conversations.transcripts import view_messages
from reviews.models import Review
from reviews.selectors.disputes import answers_of
from reviews.selectors.explain import Line, explain

DOUBTFUL = {"scored", "bonus", "excluded", "not_applicable"}


def doubtful(review: Review, *, among: Collection[str] | None = None) -> list[tuple[Line, list[tuple[str, str]]]]:
    """Return each answer with the other answers that its criterion can have."""
    assert review.current is not None
    rows = view_messages(
        review.transcript, names=names(review.conversation, list(review.conversation.participants.all()))
    )
    lines = [
        line
        for line in explain(review, review.current, rows=rows).lines
        if line.state in DOUBTFUL and (among is None or line.criterion.lineage in among)
    ]
    lines.sort(key=lambda line: (not line.is_gap, -line.lost, line.number))
    return [(line, [one for one in answers_of(line.criterion) if one[0] != line.chosen]) for line in lines]
