"""What drawn but unreviewed conversations do to an average (statistics.md 1.8)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict, TypeVar

AMBER_BELOW = 0.8
NO_AVERAGE_BELOW = 0.5
LEAST_IN_A_CLASS = 5


class ResponseCell(TypedDict):
    """Name a class: eligible units assigned, those of them reviewed, and the reviewed ones' mean in points."""

    assigned: int
    reviewed: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class ResponseAdjusted:
    """Hold the response rate, the raw and the class-adjusted mean, and the worst-case bounds in points.

    level: "full" at a rate of .8 or more, "amber" below it (show the bounds), "no_average" below .5 or without
    reviews. The numbers stay here for the audit page even when no average may be shown.
    """

    rate: float | None
    raw: float | None = None
    adjusted: float | None = None
    bound_lo: float | None = None
    bound_hi: float | None = None
    level: str = "no_average"
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class WeightedClass:
    """Hold one class of a sample whose units stand for different numbers of conversations.

    assigned, reviewed: eligible units, those of them with a review; weight, answered, scored: how many conversations
    (Σ 1/pi) the assigned, the reviewed and the scored ones stand for; total: Σ y/pi of the scored ones, y in points.
    """

    assigned: int
    reviewed: int
    weight: float
    answered: float
    scored: float
    total: float

    def and_also(self, other: WeightedClass) -> WeightedClass:
        """Return both as one class."""
        return WeightedClass(
            self.assigned + other.assigned,
            self.reviewed + other.reviewed,
            self.weight + other.weight,
            self.answered + other.answered,
            self.scored + other.scored,
            self.total + other.total,
        )


def nonresponse_adjust(cells: Sequence[ResponseCell]) -> ResponseAdjusted:
    """Weight class means by what was assigned: Σ A_c ȳ_c / Σ A_c, bounds [r ȳ, r ȳ + 100(1−r)].

    cells: classes as they are (see merge_classes for the floor of five). A class without a review counts in the
    rate and the bounds and is presumed to be like the others in the adjusted mean.
    Source: weighting-class adjustment (Little 1986); worst-case bounds (Manski 1989).
    """
    assigned = sum(cell["assigned"] for cell in cells)
    if assigned <= 0:
        return ResponseAdjusted(None, reason="nothing_assigned")
    seen = [(cell, cell["mean"]) for cell in cells if cell["reviewed"] > 0]
    reviewed = sum(cell["reviewed"] for cell, _ in seen)
    rate = reviewed / assigned
    if any(mean is None for _, mean in seen):
        return ResponseAdjusted(rate, reason="class_without_mean")
    if not reviewed:
        return ResponseAdjusted(0.0, reason="no_reviews")
    raw = math.fsum(cell["reviewed"] * (mean or 0.0) for cell, mean in seen) / reviewed
    adjusted = math.fsum(cell["assigned"] * (mean or 0.0) for cell, mean in seen) / sum(c["assigned"] for c, _ in seen)
    low = rate * raw
    return ResponseAdjusted(rate, raw, adjusted, low, low + 100 * (1 - rate), _level(rate))


def class_adjusted_mean(classes: Sequence[WeightedClass], *, least: int = LEAST_IN_A_CLASS) -> float | None:
    """Return the mean in which the reviews of each class stand for all of it that was assigned, in points.

    Σ (A_c/R_c) Y_c / Σ (A_c/R_c) S_c over classes merged as in merge_classes; with equal weights it is the adjusted
    mean of nonresponse_adjust. None when one class is left, which there is nothing to adjust by, or nothing is scored.
    Source: weighting-class adjustment (Little 1986) of the weights 1/pi.
    """
    merged = _merged(
        list(classes), least=least, counts=lambda one: (one.assigned, one.reviewed), join=WeightedClass.and_also
    )
    merged = [one for one in merged if one.answered > 0]
    scored = math.fsum(one.weight / one.answered * one.scored for one in merged)
    if len(merged) < 2 or scored <= 0:
        return None
    return math.fsum(one.weight / one.answered * one.total for one in merged) / scored


def merge_classes(cells: Sequence[ResponseCell], *, least: int = LEAST_IN_A_CLASS) -> list[ResponseCell]:
    """Merge classes, smallest into next smallest, until each has at least `least` assigned and one review.

    Fewer classes are returned, in order of size; a single one is returned as it is.
    """
    return _merged(list(cells), least=least, counts=lambda cell: (cell["assigned"], cell["reviewed"]), join=_joined)


C = TypeVar("C")


def _merged(
    cells: list[C], *, least: int, counts: Callable[[C], tuple[int, int]], join: Callable[[C, C], C]
) -> list[C]:
    """Merge what has too few; counts: assigned and reviewed of a class."""
    merged = sorted(cells, key=lambda cell: counts(cell)[0])
    while len(merged) > 1:
        weak = next((cell for cell in merged if counts(cell)[0] < least or counts(cell)[1] == 0), None)
        if weak is None:
            break
        rest = [cell for cell in merged if cell is not weak]
        merged = sorted([join(weak, rest[0]), *rest[1:]], key=lambda cell: counts(cell)[0])
    return merged


def _joined(left: ResponseCell, right: ResponseCell) -> ResponseCell:
    reviewed = left["reviewed"] + right["reviewed"]
    means = [(cell["reviewed"], cell["mean"]) for cell in (left, right) if cell["reviewed"] > 0]
    # A missing mean stays missing: it must not turn into a zero on the way.
    known = [count * mean for count, mean in means if mean is not None]
    whole = len(known) == len(means) and reviewed > 0
    return {
        "assigned": left["assigned"] + right["assigned"],
        "reviewed": reviewed,
        "mean": math.fsum(known) / reviewed if whole else None,
    }


def _level(rate: float) -> str:
    if rate < NO_AVERAGE_BELOW:
        return "no_average"
    return "amber" if rate < AMBER_BELOW else "full"
