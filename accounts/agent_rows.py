"""The table of agents as a file: its columns, its cells, and what a row of it says. No database, no Django forms."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.refusals import Refusal, Refused

COLUMNS = (
    "source", "external_id", "name", "team", "level", "hired_on", "time_zone", "languages", "is_bot", "login",
)  # fmt: skip
NEEDED = ("source", "external_id")
LARGEST = 2 * 1024 * 1024  # bytes
MOST_ROWS = 10_000
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# What an export puts an apostrophe before; it is taken off again, so that a file goes round unchanged.
GUARDED = ("'=", "'+", "'-", "'@")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands in the file, and its cells by column, without the empty ones."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds; `ignored` are the columns that mean nothing here."""

    rows: list[Row]
    ignored: list[str]


def read(raw: bytes) -> Table:
    """Read a CSV file with comma, semicolon or tab; raises Refused with a sentence when it cannot be read."""
    if len(raw) > LARGEST:
        raise Refused(Refusal("too_large", 413, _("This file is larger than 2 MB. Send it in parts.")))
    text = _text(raw)
    if "\0" in text:
        raise Refused(Refusal("not_text", 422, _("This file holds NUL characters, so it is no CSV file.")))
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        return _table(lines)
    except csv.Error as error:
        words = {"line": lines.line_num, "error": error}
        sentence = _("Line %(line)d cannot be read as CSV: %(error)s. Nothing was taken in.") % words
        raise Refused(Refusal("unreadable", 422, sentence)) from error


def _text(raw: bytes) -> str:
    encoding = next((name for mark, name in MARKS if raw.startswith(mark)), "utf-8")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        sentence = _(
            "Line %(line)d is not UTF-8. Save the file as “CSV UTF-8” (Excel and LibreOffice offer it), then try again."
        )
        raise Refused(Refusal("bad_encoding", 422, sentence % {"line": line})) from error


def _delimiter(text: str) -> str:
    """Return the sign that parts the names of the columns: the one that the first line has most of."""
    first = text.lstrip().split("\n", 1)[0]
    return max((",", ";", "\t"), key=first.count)


def _table(lines: Any) -> Table:
    header: list[str] = []
    rows: list[Row] = []
    for start, cells in _numbered(lines):
        if not header:
            header = _header(cells)
            continue
        if len(rows) >= MOST_ROWS:
            sentence = _("This file has more than %(most)s rows. Send it in parts.") % {"most": f"{MOST_ROWS:,}"}
            raise Refused(Refusal("too_many_rows", 422, sentence))
        found = {name: _plain(cell) for name, cell in zip(header, cells, strict=False) if name in COLUMNS}
        rows.append(Row(start, {name: cell for name, cell in found.items() if cell}))
    if not header:
        raise Refused(Refusal("empty", 422, _("This file is empty.")))
    return Table(rows, [name for name in header if name and name not in COLUMNS])


def _numbered(lines: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, with the line on which each begins: a quoted cell may run over several."""
    before = 0
    for cells in lines:
        if any(cell.strip() for cell in cells):
            yield before + 1, cells
        before = lines.line_num


def _header(cells: list[str]) -> list[str]:
    names = ["_".join(cell.strip().lower().split()) for cell in cells]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        words = {"missing": ", ".join(missing), "known": ", ".join(COLUMNS)}
        sentence = _("The first line lacks this: %(missing)s. Columns are: %(known)s.") % words
        raise Refused(Refusal("column_missing", 422, sentence, {"missing": missing}))
    twice = sorted({name for name in names if name in COLUMNS and names.count(name) > 1})
    if twice:
        sentence = _("The first line names the column %(twice)s twice.") % {"twice": ", ".join(twice)}
        raise Refused(Refusal("column_twice", 422, sentence))
    return names


def _plain(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith(GUARDED) else cell
