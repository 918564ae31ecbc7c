"""Write cells that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

# What a spreadsheet may take for the beginning of a formula.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


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


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield the lines of a CSV file, with the mark by which spreadsheets know UTF-8."""
    writer = csv.writer(_Echo())
    yield b"\xef\xbb\xbf"
    yield str(writer.writerow([cell(name) for name in header])).encode()
    for row in rows:
        yield str(writer.writerow([cell(value) for value in row])).encode()
