"""The parts of a chart: what goes in, and what comes out placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.figures import Number, is_number


@dataclass(frozen=True, slots=True)
class Point:
    """One value over time, with what it rests on. `value` None is a gap, and `reason` says why.

    n of frame_size conversations; response_rate: how much of what was drawn and is due is reviewed, 0 to 1; says: what
    the table and the tooltip say in place of the value, such as the one or two scores that make no average yet.
    breaks: it cannot be compared with the point before, so no line leads here from there.
    """

    label: str
    value: Number | None
    low: Number | None = None
    high: Number | None = None
    n: int | None = None
    reason: str = ""
    url: str = ""
    frame_size: int | None = None
    response_rate: float | None = None
    says: str = ""
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One line. Series are told apart by colour, by dash and by name."""

    name: str
    points: Sequence[Point]
    number: int = 1
    is_dots_only: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """A level with its band over some steps: a baseline, or the state after coaching."""

    first: int
    last: int
    value: Number
    low: Number | None
    high: Number | None
    label: str

    @property
    def has_band(self) -> bool:
        """Say whether the level comes with its interval."""
        return self.low is not None and self.high is not None


@dataclass(frozen=True, slots=True)
class Phase:
    """Steps that are shaded because something else happened then."""

    first: int
    last: int
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A thing placed in per cent, as SVG attribute values."""

    x: str
    y: str = ""
    series: int = 1
    text: str = ""
    width: str = ""
    height: str = ""
    x_end: str = ""
    y_end: str = ""
    label_x: str = ""
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the data table."""

    label: str
    cells: tuple[str, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class LineChart:
    """Everything that <c-chart> needs; no arithmetic is left to the template."""

    title: str
    note: str
    summary: str
    ticks: tuple[str, ...]
    grid: tuple[str, ...]
    steps: tuple[str, ...]
    bands: tuple[tuple[int, str], ...] = ()
    lines: tuple[tuple[int, str], ...] = ()
    whiskers: tuple[Mark, ...] = ()
    dots: tuple[Mark, ...] = ()
    levels: tuple[Mark, ...] = ()
    level_bands: tuple[Mark, ...] = ()
    level_labels: tuple[Mark, ...] = ()
    phases: tuple[Mark, ...] = ()
    target: Mark | None = None
    legend: tuple[tuple[int, str], ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to draw."""
        return not (self.dots or self.levels)


def known_value(point: Point) -> Number | None:
    """Return the value of a point that can be drawn, or None."""
    return point.value if is_number(point.value) else None
