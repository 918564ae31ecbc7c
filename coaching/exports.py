"""The sums behind an outcome as CSV: whoever has them can work the outcome out again."""

from __future__ import annotations

from collections.abc import Iterator

from coaching.effects import Part
from coaching.models import Outcome, ProgrammeOutcome
from coaching.programme_effects import Part as Group
from core.spreadsheets import Table, csv_lines

# Sums and no averages: whoever divides them has n beside.
SUMS = Table(("agent", "part", "pre_n", "pre_sum", "pre_squares", "post_n", "post_sum", "post_squares"))
PARTS = {Part.OWN: "this plan", Part.COACHED: "coached", Part.PEER: "peer", Part.TOO_FEW: "baseline only"}
PROGRAMME_SUMS = Table((*SUMS.columns, "fresh_n", "fresh_sum", "fresh_squares"))
GROUPS = {Group.STARTED: "started", Group.WAITING: "waited", Group.OTHER: "other"}
SCALE = 10_000


def outcome_csv(outcome: Outcome) -> Iterator[bytes]:
    """Yield the lines: number of reviews, sum and sum of squares in points, before and after; agents by number only."""
    rows = enumerate(outcome.inputs.get("agents", []), start=1)
    return csv_lines(SUMS, ([number, PARTS[Part(row[0])], *_points(row[1:])] for number, row in rows))


def programme_csv(outcome: ProgrammeOutcome) -> Iterator[bytes]:
    """Yield the same of a programme, with the fresh reviews from before the start beside."""
    rows = enumerate(outcome.inputs.get("agents", []), start=1)
    return csv_lines(PROGRAMME_SUMS, ([number, GROUPS[Group(row[0])], *_points(row[1:])] for number, row in rows))


def _points(sums: list[int]) -> list[int | float]:
    """Turn n, sum and sum of squares of each side from 10⁻⁴ points into points."""
    scales = (1, SCALE, SCALE**2)
    return [value if place % 3 == 0 else value / scales[place % 3] for place, value in enumerate(sums)]
