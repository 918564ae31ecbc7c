"""The sums behind an outcome as CSV: whoever has them can work the outcome out again."""

from __future__ import annotations

from collections.abc import Iterator

from coaching.effects import SCALE, Part, sides_of
from coaching.models import Outcome, ProgrammeOutcome
from coaching.programme_effects import Part as Group
from core.spreadsheets import Table, csv_lines

# Sums and no averages: whoever divides them has n beside, and what the n are worth where not all weigh the same.
BOTH = ("agent", "part", "pre_n", "pre_sum", "pre_squares", "post_n", "post_sum", "post_squares")
WORTH = ("pre_n_effective", "post_n_effective")
SUMS = Table((*BOTH, *WORTH))
PARTS = {Part.OWN: "this plan", Part.COACHED: "coached", Part.PEER: "peer", Part.TOO_FEW: "baseline only"}
PROGRAMME_SUMS = Table((*BOTH, "fresh_n", "fresh_sum", "fresh_squares", *WORTH, "fresh_n_effective"))
GROUPS = {Group.STARTED: "started", Group.WAITING: "waited", Group.OTHER: "other"}


def outcome_csv(outcome: Outcome) -> Iterator[bytes]:
    """Yield the lines: number of reviews, sum and sum of squares in points, before and after; agents by number only."""
    rows = enumerate(outcome.inputs.get("agents", []), start=1)
    return csv_lines(SUMS, ([number, PARTS[Part(row[0])], *_points(row[1:], 2)] for number, row in rows))


def programme_csv(outcome: ProgrammeOutcome) -> Iterator[bytes]:
    """Yield the same of a programme, with the fresh reviews from before the start beside."""
    rows = enumerate(outcome.inputs.get("agents", []), start=1)
    return csv_lines(PROGRAMME_SUMS, ([number, GROUPS[Group(row[0])], *_points(row[1:], 3)] for number, row in rows))


def _points(values: list[int], count: int) -> list[int | float]:
    """Turn n, sum and sum of squares of each side from 10⁻⁴ points into points, and add what each n is worth."""
    sides = sides_of(values, count)
    sums = [value for side in sides for value in (side.n, side.total / SCALE, side.squares / SCALE**2)]
    return [*sums, *(side.n_eff for side in sides)]
