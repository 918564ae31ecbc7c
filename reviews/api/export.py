"""Stream reviews as CSV or JSON lines, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from core.spreadsheets import csv_lines
from reviews.models import Review

HEADER = (
    "id", "status", "purpose", "pool", "conversation", "source", "channel", "agent", "team", "reviewer", "rubric",
    "version", "final_score", "raw_score", "outcome", "coverage", "submitted_at", "published_at", "acknowledged_at",
)  # fmt: skip
CHUNK = 500


def as_csv(rows: Any) -> Iterator[bytes]:
    """Yield a CSV file."""
    return csv_lines(HEADER, (_values(review) for review in _chunks(rows)))


def as_json_lines(rows: Any) -> Iterator[bytes]:
    """Yield one JSON object a line."""
    for review in _chunks(rows):
        yield msgspec.json.encode(dict(zip(HEADER, _values(review), strict=True))) + b"\n"


FORMATS: dict[str, tuple[Callable[[Any], Iterator[bytes]], str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "jsonl": (as_json_lines, "application/jsonl"),
}


def _chunks(rows: Any) -> Iterator[Review]:
    return iter(rows.select_related("conversation__source").iterator(chunk_size=CHUNK))


def _values(review: Review) -> tuple[Any, ...]:
    conversation, revision = review.conversation, review.current
    assert revision is not None  # only what was submitted is exported
    return (
        review.pk, review.status, review.purpose, review.pool, conversation.external_id, conversation.source.slug,
        conversation.channel, review.agent.name, review.team.name if review.team else "", review.author.name,
        review.rubric_version.rubric.slug, review.rubric_version.number, revision.final_score, revision.raw_score,
        revision.outcome, revision.coverage, _moment(review.submitted_at), _moment(review.published_at),
        _moment(review.acknowledged_at),
    )  # fmt: skip


def _moment(value: Any) -> str:
    return value.isoformat() if value else ""
