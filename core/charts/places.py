"""Place the shapes of a chart on its axis, in per cent."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from core.charts.parts import Level, Mark, Phase, Series, known_value
from core.charts.scale import Ticks
from core.charts.words import in_words, target_words
from core.figures import Number, is_number, per_cent
from core.sparks import runs


def across(step: int, steps: int) -> float:
    """Return the middle of a step's column, 0–100."""
    return round(100 * (step + 0.5) / steps, 2)


def _path(steps: Sequence[int], values: Sequence[Number], *, of: int, ticks: Ticks) -> str:
    pairs = zip(steps, values, strict=True)
    return " ".join(f"{across(step, of):g},{ticks.scale.depth(value):g}" for step, value in pairs)


def lines(series: Series, ticks: Ticks) -> list[tuple[int, str]]:
    """Return a path per stretch without gaps."""
    if series.is_dots_only:
        return []
    found = []
    for run in _stretches(series, [known_value(point) for point in series.points]):
        values = [value for step in run if (value := series.points[step].value) is not None]
        if len(run) > 1:
            found.append((series.number, _path(run, values, of=len(series.points), ticks=ticks)))
    return found


def bands(series: Series, ticks: Ticks) -> list[tuple[int, str]]:
    """Return the band around each stretch of two or more points, as a polygon."""
    found = []
    for run in _stretches(series, _banded(series)):
        highs = [high for step in run if (high := series.points[step].high) is not None]
        lows = [low for step in reversed(run) if (low := series.points[step].low) is not None]
        if len(run) > 1 and not series.is_dots_only:
            there = _path(run, highs, of=len(series.points), ticks=ticks)
            back = _path(run[::-1], lows, of=len(series.points), ticks=ticks)
            found.append((series.number, f"{there} {back}"))
    return found


def whiskers(series: Series, ticks: Ticks) -> list[Mark]:
    """Return the interval of every point that stands alone and so has no band."""
    found = []
    for run in _stretches(series, _banded(series)):
        point = series.points[run[0]]
        if (len(run) == 1 or series.is_dots_only) and point.low is not None and point.high is not None:
            found += [_whisker(step, series, ticks) for step in run]
    return found


def _whisker(step: int, series: Series, ticks: Ticks) -> Mark:
    point = series.points[step]
    low, high = (bound if bound is not None else ticks.scale.floor for bound in (point.low, point.high))
    return Mark(
        x=per_cent(across(step, len(series.points))),
        y=per_cent(ticks.scale.depth(high)),
        y_end=per_cent(ticks.scale.depth(low)),
        series=series.number,
    )


def _stretches(series: Series, known: Sequence[Number | None]) -> list[list[int]]:
    """Return the stretches that one line may join: without gaps, each up to a point that breaks the series."""
    found: list[list[int]] = []
    for run in runs(known):
        starts = [run[0], *(step for step in run[1:] if series.points[step].breaks)]
        found += [[step for step in run if a <= step < b] for a, b in pairwise([*starts, run[-1] + 1])]
    return found


def _banded(series: Series) -> list[Number | None]:
    """Return 1 for each point with a value and a band, None for the others."""
    return [
        1 if is_number(point.low) and is_number(point.high) and known_value(point) is not None else None
        for point in series.points
    ]


def dots(series: Series, ticks: Ticks, places: int) -> list[Mark]:
    """Return a dot for every point, with the words for its tooltip."""
    return [
        Mark(
            x=per_cent(across(step, len(series.points))),
            y=per_cent(ticks.scale.depth(point.value)),
            series=series.number,
            text=in_words(point, places, name=series.name),
        )
        for step, point in enumerate(series.points)
        if point.value is not None and is_number(point.value)
    ]


def level_line(level: Level, steps: int, ticks: Ticks) -> Mark:
    """Return the line of a level over its steps."""
    start, end = _edges(level.first, level.last, steps)
    return Mark(x=per_cent(start), x_end=per_cent(end), y=per_cent(ticks.scale.depth(level.value)), text=level.label)


def level_band(level: Level, steps: int, ticks: Ticks) -> Mark:
    """Return the band of a level as a box."""
    start, end = _edges(level.first, level.last, steps)
    low, high = level.low, level.high
    top = ticks.scale.depth(high if high is not None else level.value)
    bottom = ticks.scale.depth(low if low is not None else level.value)
    return Mark(
        x=per_cent(start),
        y=per_cent(top),
        width=per_cent(round(end - start, 2)),
        height=per_cent(round(bottom - top, 2)),
    )


def level_label(level: Level, steps: int, ticks: Ticks) -> Mark:
    """Return where the words of a level stand: above its band, at the outer edge."""
    start, end = _edges(level.first, level.last, steps)
    top = ticks.scale.depth(level.high if level.high is not None else level.value)
    is_right = start >= 50
    return Mark(
        x=per_cent(end if is_right else start),
        y=per_cent(max(5.0, top)),
        text=level.label,
        anchor="end" if is_right else "start",
    )


def phase(shaded: Phase, steps: int) -> Mark:
    """Return the shaded box of a phase, and where its words stand."""
    start, end = 100 * shaded.first / steps, 100 * (shaded.last + 1) / steps
    return Mark(
        x=per_cent(round(start, 2)),
        label_x=per_cent(round((start + end) / 2, 2)),
        width=per_cent(round(end - start, 2)),
        text=shaded.label,
    )


def _edges(first: int, last: int, steps: int) -> tuple[float, float]:
    gap = 1.0
    return round(100 * first / steps + gap, 2), round(100 * (last + 1) / steps - gap, 2)


def target(value: Number, ticks: Ticks, places: int) -> Mark:
    """Return the target line with its words."""
    return Mark(x="100%", y=per_cent(ticks.scale.depth(value)), text=target_words(value, places))
