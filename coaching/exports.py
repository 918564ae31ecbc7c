"""The sums behind an outcome as CSV: whoever has them can work the outcome out again."""

from __future__ import annotations

from collections.abc import Iterator

from coaching.effects import Part
from coaching.models import Outcome
from core.spreadsheets import csv_lines

HEADER = ("agent", "part", "pre_n", "pre_sum", "pre_squares", "post_n", "post_sum", "post_squares")
PARTS = {Part.OWN: "this plan", Part.COACHED: "coached", Part.PEER: "peer", Part.TOO_FEW: "baseline only"}
SCALE = 10_000


def outcome_csv(outcome: Outcome) -> Iterator[bytes]:
    """Yield the lines: number of reviews, sum and sum of squares in points, before and after; agents by number only."""
    rows = enumerate(outcome.inputs.get("agents", []), start=1)
    return csv_lines(HEADER, ([number, PARTS[Part(row[0])], *_points(row[1:])] for number, row in rows))


def _points(sums: list[int]) -> list[int | float]:
    pre_n, pre_sum, pre_squares, post_n, post_sum, post_squares = sums
    return [
        pre_n, pre_sum / SCALE, pre_squares / SCALE**2, post_n, post_sum / SCALE, post_squares / SCALE**2,
    ]  # fmt: skip
