"""Choose the axis of a chart: round numbers, few of them, around the data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.figures import Scale

SPACES = 4
SMALLEST_SHARE = 0.1
ROUND = (1, 2, 5, 10, 20, 50)


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
        first, last = bounds or (0.0, 1.0)
        return _ticks(first, (last - first) / SPACES)
    low, high = _widened(min(values), max(values), bounds)
    for width in _round_widths((high - low) / SPACES):
        start = math.floor(round(low / width, 9)) * width
        if bounds is not None:
            start = max(bounds[0], min(start, bounds[1] - SPACES * width))
        end = start + SPACES * width
        fits = bounds is None or end <= bounds[1] + 1e-9
        if fits and start <= low + 1e-9 and end >= high - 1e-9:
            return _ticks(start, width)
    first, last = bounds or (low, high)
    return _ticks(first, (last - first) / SPACES)


def _widened(low: float, high: float, bounds: tuple[float, float] | None) -> tuple[float, float]:
    """Return a stretch around the values that is wide enough, moved to lie within the bounds."""
    if bounds is None:
        room = max(abs(high), abs(low), 1.0) * SMALLEST_SHARE
    else:
        low, high = (min(max(value, bounds[0]), bounds[1]) for value in (low, high))
        room = (bounds[1] - bounds[0]) * SMALLEST_SHARE
    missing = max(0.0, room - (high - low))
    low, high = low - missing / 2, high + missing / 2
    if bounds is None:
        return low, high
    shift = max(0.0, bounds[0] - low) - max(0.0, high - bounds[1])
    return low + shift, high + shift


def _round_widths(least: float) -> list[float]:
    """Return round widths from about `least` upwards."""
    power = 10.0 ** math.floor(math.log10(least))
    return [round(factor * power, 9) for factor in ROUND]


def _ticks(start: float, width: float) -> Ticks:
    marks = tuple(round(start + step * width, 6) for step in range(SPACES + 1))
    places = next((count for count in range(3) if all(round(mark, count) == mark for mark in marks)), 3)
    return Ticks(Scale(marks[0], marks[-1]), marks, places)
