"""Build a line chart: pure arithmetic that <c-chart> draws as SVG, with the same numbers as a table.

It lives here and not in insights because a coaching plan and an agent's feedback draw charts too.
Shapes are placed in a box of 100 × 100 that stretches; dots and words are placed in per cent and do not.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.charts import places as placed
from core.charts import words
from core.charts.parts import Level, LineChart, Phase, Series
from core.charts.scale import fitting_ticks
from core.figures import Number, figure, is_number, per_cent

MOST_LABELS = 12


def line_chart(
    title: str,
    series: Sequence[Series],
    *,
    note: str = "",
    target: Number | None = None,
    levels: Sequence[Level] = (),
    phases: Sequence[Phase] = (),
    bounds: tuple[float, float] | None = (0.0, 100.0),
    places: int = 0,
    step_name: str = "",
) -> LineChart:
    """Place one or more series over the same steps, with bands, a target, levels and phases.

    The title states the finding. All series have the same number of points; ValueError otherwise.
    """
    steps = _steps(series)
    ticks = fitting_ticks(_values(series, levels, target), bounds=bounds)
    return LineChart(
        title=title,
        note=note,
        summary=words.summary(series, levels, target, places),
        ticks=tuple(figure(tick, places=ticks.places) for tick in reversed(ticks.marks)),
        grid=tuple(per_cent(ticks.scale.depth(tick)) for tick in ticks.marks),
        steps=_thinned(steps),
        bands=tuple(band for each in series for band in placed.bands(each, ticks)),
        lines=tuple(line for each in series for line in placed.lines(each, ticks)),
        whiskers=tuple(mark for each in series for mark in placed.whiskers(each, ticks)),
        dots=tuple(dot for each in series for dot in placed.dots(each, ticks, places)),
        levels=tuple(placed.level_line(level, len(steps), ticks) for level in levels),
        level_bands=tuple(
            placed.level_band(level, len(steps), ticks) for level in levels if None not in (level.low, level.high)
        ),
        level_labels=tuple(placed.level_label(level, len(steps), ticks) for level in levels),
        phases=tuple(placed.phase(phase, len(steps)) for phase in phases),
        target=placed.target(target, ticks, places) if target is not None else None,
        legend=tuple((each.number, each.name) for each in series) if len(series) > 1 else (),
        columns=words.columns(series, step_name),
        rows=words.rows(series, steps, places),
    )


def _steps(series: Sequence[Series]) -> tuple[str, ...]:
    lengths = {len(each.points) for each in series}
    if len(lengths) != 1:
        raise ValueError("A chart needs one or more series of the same length.")
    return tuple(point.label for point in series[0].points)


def _values(series: Sequence[Series], levels: Sequence[Level], target: Number | None) -> list[float]:
    of_points = [bound for each in series for point in each.points for bound in (point.value, point.low, point.high)]
    of_levels = [bound for level in levels for bound in (level.value, level.low, level.high)]
    return [float(value) for value in (*of_points, *of_levels, target) if value is not None and is_number(value)]


def _thinned(steps: tuple[str, ...]) -> tuple[str, ...]:
    every = -(-len(steps) // MOST_LABELS) or 1
    return tuple(label if place % every == 0 else "" for place, label in enumerate(steps))
