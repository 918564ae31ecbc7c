"""Choose the axis of a chart: round numbers, few of them, around the data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.figures import Scale

WIDTHS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 15, 20, 25, 50, 100, 200, 250, 500, 1000)
SPACES = 4
SMALLEST_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Ticks:
    """An axis and its labelled marks, lowest first."""

    scale: Scale
    marks: tuple[float, ...]
    places: int = 0


def fitting_ticks(values: Sequence[float], *, bounds: tuple[float, float] | None = (0.0, 100.0)) -> Ticks:
    """Return an axis of four equal spaces between round numbers that holds all values.

    It never leaves the bounds of the measure, and never magnifies noise: with bounds, at least a tenth of them shows.
    """
    if not values:
        low, high = bounds or (0.0, 1.0)
        return _ticks(low, (high - low) / SPACES)
    low, high = min(values), max(values)
    if bounds is not None:
        low, high = max(low, bounds[0]), min(high, bounds[1])
        room = (bounds[1] - bounds[0]) * SMALLEST_SHARE
    else:
        room = max(abs(high), abs(low), 1.0) * SMALLEST_SHARE
    if high - low < room:
        middle = (high + low) / 2
        low, high = middle - room / 2, middle + room / 2
    return _placed(low, high, bounds)


def _placed(low: float, high: float, bounds: tuple[float, float] | None) -> Ticks:
    for width in WIDTHS:
        start = math.floor(round(low / width, 9)) * width
        if bounds is not None:
            start = max(bounds[0], min(start, bounds[1] - SPACES * width))
        if start <= low + 1e-9 and start + SPACES * width >= high - 1e-9:
            return _ticks(start, width)
    return _ticks(low, (high - low) / SPACES)


def _ticks(start: float, width: float) -> Ticks:
    marks = tuple(round(start + step * width, 6) for step in range(SPACES + 1))
    places = next((count for count in range(3) if all(round(mark, count) == mark for mark in marks)), 3)
    return Ticks(Scale(marks[0], marks[-1]), marks, places)
