"""Write cells that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

# What a spreadsheet may take for the beginning of a formula.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")

# What a column is called that may hold an average: a number that several reviews, plans or people were put together to.
AVERAGE = re.compile(
    r"(^|_)(mean|average|level|baseline|adjusted|rate|share|effect|shift|change|difference|median|score|alpha|exact)$"
)


@dataclass(frozen=True, slots=True)
class Carried:
    """An average in a table, and the columns of what it rests on (statistics.md 8, rule 1); n may stand in several."""

    value: str
    n: tuple[str, ...]
    frame_size: tuple[str, ...]
    response_rate: tuple[str, ...]
    pool: str
    low: str
    high: str
    reason: str

    @property
    def company(self) -> frozenset[str]:
        """Return the columns without which the average may not stand."""
        several = (*self.n, *self.frame_size, *self.response_rate)
        return frozenset({*several, self.pool, self.low, self.high, self.reason})


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of an export, with what each average among them carries.

    others: columns that sound like an average and are none of their own, each with why. ValueError on a column that
    sounds like one and is declared as neither, and on an average without its company.
    """

    columns: tuple[str, ...]
    averages: tuple[Carried, ...] = ()
    others: Mapping[str, str] = field(default_factory=dict)
    known: ClassVar[list[Table]] = []

    def __post_init__(self) -> None:
        carried = {name for one in self.averages for name in (one.value, *one.company)}
        sounding = {name for name in self.columns if AVERAGE.search(name)}
        if naked := sorted(sounding - carried - self.others.keys()):
            raise ValueError(f"Say what these columns rest on, or why they are no averages: {', '.join(naked)}.")
        if missing := sorted((carried | self.others.keys()) - set(self.columns)):
            raise ValueError(f"These columns are declared and not there: {', '.join(missing)}.")
        self.known.append(self)


class _Echo:
    """Hand each line on instead of keeping it."""

    def write(self, line: str) -> str:
        """Return the line."""
        return line


def cell(value: Any) -> Any:
    """Return a value fit for a cell: numbers as they are, text that looks like a formula behind an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal):
        return value
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(DANGEROUS) or text.startswith(DANGEROUS) else text


def csv_lines(table: Table, rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield the lines of a CSV file, with the mark by which spreadsheets know UTF-8."""
    writer = csv.writer(_Echo())
    yield b"\xef\xbb\xbf"
    yield str(writer.writerow([cell(name) for name in table.columns])).encode()
    for row in rows:
        yield str(writer.writerow([cell(value) for value in row])).encode()
