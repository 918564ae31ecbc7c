"""The rejected part of an import as a file that can be corrected and imported again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.db.models import QuerySet

from conversations.formats.jsonl import RAW_LIMIT
from conversations.formats.table import mapping as mappings
from conversations.models import ImportRun, Reject
from core.spreadsheets import cell


def lines_to_correct(run: ImportRun) -> Iterator[bytes]:
    """Yield the rejected lines as they were."""
    for raw in _kept(run).iterator():
        yield f"{raw}\n".encode()


def table_to_correct(run: ImportRun) -> Iterator[bytes]:
    """Yield the rejected rows under the file's own columns, in UTF-8 with the mark by which spreadsheets know it.

    A spreadsheet runs none of the cells: formulas stand behind an apostrophe, which reading takes away again.
    """
    layout = mappings.from_json(run.mapping).layout
    yield b"\xef\xbb\xbf" + _row(layout.header, layout.delimiter)
    for raw in _kept(run).iterator():
        # Leniently: a row that was rejected for its quotes is cut as well as it goes.
        for cells in csv.reader(io.StringIO(raw, newline=""), delimiter=layout.delimiter):
            yield _row(cells, layout.delimiter)


def _row(cells: list[str], delimiter: str) -> bytes:
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter).writerow([cell(value) for value in cells])
    return line.getvalue().encode()


def _kept(run: ImportRun) -> QuerySet[Reject, str]:
    kept = Reject.objects.filter(run=run, size__lte=RAW_LIMIT).exclude(raw="")
    return kept.values_list("raw", flat=True)
