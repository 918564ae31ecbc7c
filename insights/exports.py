"""Reports as files that spreadsheets open: every number with all that it carries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.spreadsheets import Carried, Table, csv_lines
from insights.reports import averages
from insights.reports.averages import Average
from insights.reports.numbers import Line, Report

CARRIED = (
    "mean", "low", "high", "n", "frame_size", "repeated", "drawn", "pending", "response_rate", "pool", "worst_low",
    "worst_high", "failed", "scores", "adjusted", "reason",
)  # fmt: skip
COMPANY = ("n", "frame_size", "response_rate", "pool", "low", "high", "reason")
WINDOWS = ("newest", "before", "four_weeks")


def _carried_by(value: str, *, within: str) -> Carried:
    """Say where the company of an average of a window stands."""
    n, frame_size, rate, pool, low, high, reason = (f"{within}_{name}" for name in COMPANY)
    return Carried(f"{within}_{value}", (n,), (frame_size,), (rate,), pool, low, high, reason)


def _change() -> Carried:
    """Say where the company of the change stands: with both periods that are compared."""
    both = {name: tuple(f"{window}_{name}" for window in WINDOWS[:2]) for name in ("n", "frame_size", "response_rate")}
    return Carried("change", **both, pool="newest_pool", low="change_low", high="change_high", reason="change_reason")


TABLE = Table(
    ("by", "key", "name", "newest_on",
    *(f"{window}_{name}" for window in WINDOWS for name in CARRIED),
    "change", "change_low", "change_high", "change_direction", "change_reason"),
    averages=(
        *(_carried_by(value, within=window) for window in WINDOWS for value in ("mean", "adjusted")),
        _change(),
    ),
)  # fmt: skip


def numbers_csv(report: Report) -> Iterator[bytes]:
    """Yield the averages as CSV."""
    return csv_lines(TABLE, (_row(report, line) for line in report.lines))


def _row(report: Report, line: Line) -> tuple[Any, ...]:
    change = line.change
    return (
        report.kind, line.key, line.name, report.newest_on or "",
        *_carried(line.newest), *_carried(line.before), *_carried(line.rolling),
        _points(change.difference, 1),
        _points(change.lo, 1), _points(change.hi, 1), change.direction or "", averages.sentence(change.reason or ""),
    )  # fmt: skip


def _carried(one: Average) -> tuple[Any, ...]:
    low, high = one.bounds or (None, None)
    rate = "" if one.response_rate is None else round(one.response_rate, 4)
    return (
        _points(one.mean, one.places), _points(one.low, one.places), _points(one.high, one.places), one.n,
        one.frame_size, one.repeated, one.drawn, one.pending, rate, one.pool, _points(low, one.places),
        _points(high, one.places), one.failed, " ".join(f"{score:.1f}" for score in one.scores),
        _points(one.adjusted, one.places), one.why,
    )  # fmt: skip


def _points(value: float | None, places: int) -> str:
    return "" if value is None else f"{value:.{places}f}"
