"""Place the charts of reports: names with their intervals, and shares. Line charts are in core.charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.charts.scale import fitting_ticks
from core.figures import IntervalMarks, Number, figure, interval_marks, is_number, per_cent, span


@dataclass(frozen=True, slots=True)
class Estimate:
    """One row of a dot plot: a name, an estimate, and what it rests on. `value` None needs a reason."""

    name: str
    value: Number | None
    low: Number | None = None
    high: Number | None = None
    n: int | None = None
    reason: str = ""
    detail: str = ""
    url: str = ""
    tone: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class DotRow:
    """One row, placed."""

    estimate: Estimate
    marks: IntervalMarks | None
    figure: str
    span: str
    says: str


@dataclass(frozen=True, slots=True)
class DotPlot:
    """Rows on one axis, in the order given, with the groups that cannot be told apart."""

    title: str
    note: str
    scale_marks: tuple[str, ...]
    groups: tuple[tuple[str, tuple[DotRow, ...]], ...]

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to show."""
        return not self.groups


def dot_plot(
    title: str,
    estimates: Sequence[Estimate],
    *,
    note: str = "",
    target: Number | None = None,
    bounds: tuple[float, float] | None = (0.0, 100.0),
    places: int = 0,
) -> DotPlot:
    """Place estimates on one axis. Neighbours with the same `group` stand under its words; order is kept."""
    values = [bound for each in estimates for bound in (each.value, each.low, each.high)] + [target]
    ticks = fitting_ticks([float(value) for value in values if value is not None and is_number(value)], bounds=bounds)
    rows = []
    for each in estimates:
        known = each.value if is_number(each.value) else None
        marks = (
            interval_marks(known, low=each.low, high=each.high, target=target, scale=ticks.scale)
            if known is not None
            else None
        )
        rows.append(
            DotRow(
                estimate=each,
                marks=marks,
                figure=figure(known, places=places),
                span=span(each.low, each.high, places=places),
                says=_in_words(each, target, places),
            )
        )
    return DotPlot(
        title=title,
        note=note,
        scale_marks=tuple(figure(mark, places=ticks.places) for mark in ticks.marks),
        groups=_grouped(rows),
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a share of the whole (0–1), placed."""

    name: str
    width: str
    figure: str
    series: int
    url: str = ""


def share_bars(shares: Iterable[tuple[str, float]], *, colours: bool = True) -> tuple[Bar, ...]:
    """Place shares of a whole. The longest bar fills four fifths, so that small shares stay visible."""
    named = list(shares)
    longest = max((share for _, share in named), default=0.0)
    return tuple(
        Bar(
            name=name,
            width=per_cent(round(80 * share / longest, 2) if longest > 0 else 0),
            figure=f"{figure(100 * share)} %",
            series=(place % 6 + 1) if colours else 1,
        )
        for place, (name, share) in enumerate(named)
    )


def _in_words(estimate: Estimate, target: Number | None, places: int) -> str:
    if not is_number(estimate.value):
        return f"{estimate.name}: {estimate.reason or figure(None)}"
    parts = [figure(estimate.value, places=places)]
    if estimate.low is not None and estimate.high is not None:
        parts.append(span(estimate.low, estimate.high, places=places))
    if estimate.n is not None:
        parts.append(f"n {estimate.n:,}")
    if target is not None:
        parts.append(f"target {figure(target, places=places)}")
    return f"{estimate.name}: {', '.join(parts)}"


def _grouped(rows: Sequence[DotRow]) -> tuple[tuple[str, tuple[DotRow, ...]], ...]:
    groups: list[tuple[str, list[DotRow]]] = []
    for row in rows:
        if groups and groups[-1][0] == row.estimate.group:
            groups[-1][1].append(row)
        else:
            groups.append((row.estimate.group, [row]))
    return tuple((words, tuple(members)) for words, members in groups)
