"""Stream reviews as CSV or JSON lines, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from core.spreadsheets import Table, csv_lines

# Name of the column → where its value stands. One narrow row a review: whole reviews would carry whole transcripts.
COLUMNS = {
    "id": "pk", "status": "status", "purpose": "purpose", "pool": "pool", "conversation": "conversation__external_id",
    "source": "conversation__source__slug", "channel": "conversation__channel", "agent": "agent__name",
    "team": "team__name", "reviewer": "author__name", "rubric": "rubric_version__rubric__slug",
    "version": "rubric_version__number", "final_score": "current__final_score", "raw_score": "current__raw_score",
    "outcome": "current__outcome", "coverage": "current__coverage", "submitted_at": "submitted_at",
    "published_at": "published_at", "acknowledged_at": "acknowledged_at",
}  # fmt: skip
ONE_REVIEW = "the score of one review, which is no average"
TABLE = Table(tuple(COLUMNS), others={"final_score": ONE_REVIEW, "raw_score": ONE_REVIEW})
HEADER = TABLE.columns
TEAM = HEADER.index("team")
CHUNK = 500


def as_csv(rows: Any) -> Iterator[bytes]:
    """Yield a CSV file."""
    return csv_lines(TABLE, _rows(rows))


def as_json_lines(rows: Any) -> Iterator[bytes]:
    """Yield one JSON object a line."""
    for values in _rows(rows):
        yield msgspec.json.encode(dict(zip(HEADER, values, strict=True))) + b"\n"


FORMATS: dict[str, tuple[Callable[[Any], Iterator[bytes]], str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "jsonl": (as_json_lines, "application/jsonl"),
}


def _rows(rows: Any) -> Iterator[tuple[Any, ...]]:
    found = rows.prefetch_related(None).values_list(*COLUMNS.values()).iterator(chunk_size=CHUNK)
    for values in found:
        yield (*values[:TEAM], values[TEAM] or "", *values[TEAM + 1 : -3], *map(_moment, values[-3:]))


def _moment(value: Any) -> str:
    return value.isoformat() if value else ""
