"""Place a short series in a small box: the spark line beside a name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.figures import Number, Scale, is_number

WIDTH, HEIGHT, EDGE = 96.0, 28.0, 3.0
Series = Sequence[Number | None]


@dataclass(frozen=True, slots=True)
class Spark:
    """The points of a spark line and its band. A gap in the data is a gap in the line."""

    lines: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()
    dots: tuple[tuple[str, str], ...] = ()


def spark(values: Series, *, lows: Series = (), highs: Series = (), scale: Scale | None = None) -> Spark:
    """Place a series and its band in a box of 96 × 28; without a scale, one that fits the data."""
    shown = [_known(series) for series in (values, lows, highs)]
    axis = scale or fitting_scale([value for series in shown for value in series if value is not None])
    steps = len(values)
    line_runs = runs(shown[0])
    has_band = len(shown[1]) == len(shown[2]) == steps
    band_runs = runs([value if has_band and None not in (shown[1][i], shown[2][i]) else None
                      for i, value in enumerate(shown[0])])  # fmt: skip
    return Spark(
        lines=tuple(_path(run, shown[0], steps, axis) for run in line_runs if len(run) > 1),
        bands=tuple(
            _path(run, shown[2], steps, axis) + " " + _path(run[::-1], shown[1], steps, axis)
            for run in band_runs
            if len(run) > 1
        ),
        dots=tuple(_point(step, shown[0][step], steps, axis) for step in _dotted(line_runs)),
    )


def runs(series: Series) -> list[list[int]]:
    """Return the stretches of a series without gaps, each as its positions."""
    found: list[list[int]] = []
    for step, value in enumerate(series):
        if value is None:
            continue
        if found and found[-1][-1] == step - 1:
            found[-1].append(step)
        else:
            found.append([step])
    return found


def fitting_scale(values: Iterable[Number], *, smallest: float = 20.0) -> Scale:
    """Return a scale around the data, at least `smallest` points wide so that noise does not look like drama."""
    numbers = [float(value) for value in values]
    if not numbers:
        return Scale()
    low, high = min(numbers), max(numbers)
    missing = max(0.0, smallest - (high - low)) / 2
    return Scale(low - missing, high + missing)


def _known(series: Series) -> list[Number | None]:
    return [value if is_number(value) else None for value in series]


def _dotted(line_runs: list[list[int]]) -> list[int]:
    """Return the last point, and every point that stands alone and so has no line."""
    if not line_runs:
        return []
    alone = [run[0] for run in line_runs if len(run) == 1]
    last = line_runs[-1][-1]
    return [*(step for step in alone if step != last), last]


def _point(step: int, value: Number | None, steps: int, axis: Scale) -> tuple[str, str]:
    across = step / (steps - 1) if steps > 1 else 1.0
    down = axis.depth(value if value is not None else axis.floor) / 100
    return f"{EDGE + across * (WIDTH - 2 * EDGE):.4g}", f"{EDGE + down * (HEIGHT - 2 * EDGE):.4g}"


def _path(run: list[int], series: Series, steps: int, axis: Scale) -> str:
    return " ".join(",".join(_point(step, series[step], steps, axis)) for step in run)
