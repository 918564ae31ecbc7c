"""Whether a line of figures holds its goal, and the table of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any

Line = dict[str, Any]
HEAD = ("figure", "database", "measured", "floor", "ratio", "goal", "holds")
NEVER = ("double_claims", "server_errors", "lost_drafts", "errors", "floor_errors", "problems")
ABOUT = ("file", "agents", "frame", "reviewers", "reviews")
YES, NO, NONE = "yes", "NO", "–"


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    figure: str
    database: str
    measured: str
    floor: str
    ratio: str
    goal: str
    holds: str

    @property
    def cells(self) -> tuple[str, ...]:
        """Return what stands under each name of the head."""
        return (self.figure, self.database, self.measured, self.floor, self.ratio, self.goal, self.holds)


def rows_of(part: str, lines: Sequence[Line], *, figures: Sequence[str], databases: Sequence[str]) -> list[Row]:
    """Return the rows of what a part printed: figures, what must never happen, and what it should have printed."""
    shown = [line for line in lines if "ours" in line and (goal_of(line) or "_p50" not in line["name"])]
    rows = [_row(line) for line in shown]
    for database in databases:
        rows += _never(part, [line for line in lines if line["database"] == database], database)
        rows += [
            Row(f"{part}: {figure}", database, "nothing was printed", NONE, NONE, NONE, NO)
            for figure in figures
            if not any(line["database"] == database and fnmatch(line["name"], figure) for line in lines)
        ]
    return rows


def failed(part: str, code: int) -> Row:
    """Return the row of a part that ended with an error."""
    return Row(part, NONE, f"ended with {code}", NONE, NONE, NONE, NO)


def goal_of(line: Line) -> str:
    """Return the goal of a line in words, or nothing: of a ratio, or of the figure itself; a rate is to be high."""
    if "target_ratio" in line:
        return f"{'≥' if _is_a_rate(line) else '≤'} {line['target_ratio']:g}"
    return f"≤ {line['target']:g} {line['unit']}" if "target" in line else ""


def holds(line: Line) -> str:
    """Say whether a line holds its goal; what was not measured holds none, whether or not there is a goal."""
    if line["ours"] is None or not line["n"]:
        return NO
    if not goal_of(line):
        return NONE
    if "target_ratio" not in line:
        return YES if line["ours"] <= line["target"] else NO
    if line["ratio"] is None:
        return NO
    kept = line["ratio"] >= line["target_ratio"] if _is_a_rate(line) else line["ratio"] <= line["target_ratio"]
    return YES if kept else NO


def table(rows: Iterable[Row]) -> str:
    """Return the rows as a table that reads as it is and as Markdown."""
    lines = [HEAD, *(row.cells for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEAD))]
    ruled = [HEAD, tuple("-" * width for width in widths), *lines[1:]]
    return "".join(f"| {' | '.join(map(str.ljust, cells, widths))} |\n" for cells in ruled)


def _is_a_rate(line: Line) -> bool:
    return bool(line["unit"] == "1/s")


def _row(line: Line) -> Row:
    about = [f"{key} {line[key]}" for key in ABOUT if key in line]
    return Row(
        f"{line['name']} ({', '.join(about)})" if about else line["name"],
        line["database"],
        _with_unit(line["ours"], line["unit"]),
        _with_unit(line["floor"], line["unit"]),
        NONE if line["ratio"] is None else f"{line['ratio']:.2f}",
        goal_of(line) or NONE,
        holds(line),
    )


def _with_unit(value: float | None, unit: str) -> str:
    return NONE if value is None else f"{value:.4g} {unit}"


def _never(part: str, lines: Sequence[Line], database: str) -> list[Row]:
    """Return a row for each thing that must not have happened, of those that were counted."""
    most = {key: max(line[key] for line in lines if key in line) for key in NEVER if any(key in line for line in lines)}
    return [
        Row(f"{part}: {key.replace('_', ' ')}", database, f"{count}", NONE, NONE, "0", YES if count == 0 else NO)
        for key, count in most.items()
    ]
