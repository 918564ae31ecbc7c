"""Read a table: what comes of each conversation in it, in the order in which the conversations begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

from conversations.formats import checks
from conversations.formats.jsonl import RAW_LIMIT
from conversations.formats.lines import HEAD
from conversations.formats.outcomes import Accepted, Outcome, Position, Rejected, Unreadable
from conversations.formats.table.mapping import Mapping
from conversations.formats.table.records import Builder
from conversations.formats.table.rows import Row, cells_of, fitted, read_rows
from conversations.formats.table.workbench import Group, Workbench


def read_rows_as_conversations(
    file: BinaryIO, mapping: Mapping, *, now: datetime, start: Position | None = None
) -> Iterator[Outcome]:
    """Yield what comes of each row of a file in which a row is a conversation."""
    builder = Builder(mapping, latest=now + checks.TOLERANCE)
    for row in read_rows(file, mapping.layout, start=start):
        yield outcome(builder, [row], after=row.after)


def read_groups(bench: Workbench, mapping: Mapping, *, now: datetime, start: Position) -> Iterator[Outcome]:
    """Yield what comes of each conversation on the bench, from the one on that begins at a line or behind it."""
    builder = Builder(mapping, latest=now + checks.TOLERANCE)
    for group in bench.groups(start.line):
        first = group.rows[0]
        after = Position(first.line + 1, first.byte + 1)
        if group.why_too_much:
            yield _too_much(group, after)
            continue
        for row in group.rows:
            _cut(row, mapping)
        yield outcome(builder, group.rows, after=after)


def outcome(builder: Builder, rows: Sequence[Row], *, after: Position) -> Outcome:
    """Return the record of a conversation's rows, or why there is none."""
    first = rows[0]
    size = sum(row.size for row in rows)
    if first.problem and len(rows) == 1:
        return _reject(rows, Unreadable(first.problem), size=size, after=after)
    try:
        built = builder.build(rows)
    except Unreadable as problem:
        return _reject(rows, problem, size=size, after=after)
    return Accepted(
        line=first.line, byte=first.byte, size=size, record=built.record, repaired=built.repaired, after=after,
        rows=len(rows), repeated=built.repeated,
    )  # fmt: skip


def key_of(mapping: Mapping, row: Row) -> str:
    """Return the number of the conversation that a row belongs to; empty when it bears none or cannot be read."""
    place = mapping.place("external_id")
    return row.cells[place].strip() if row.cells and place is not None and not row.problem else ""


def _cut(row: Row, mapping: Mapping) -> None:
    """Cut the text of a row into cells again."""
    if not row.problem:
        row.cells = cells_of(row.raw, mapping.layout)
        row.problem = fitted(row.cells, len(mapping.layout.header))


def _too_much(group: Group, after: Position) -> Rejected:
    return _reject(group.rows, Unreadable(group.why_too_much), size=group.size, after=after, number=group.number)


def _reject(
    rows: Sequence[Row], problem: Unreadable, *, size: int, after: Position, number: int | None = None
) -> Rejected:
    first = rows[0]
    raw = "".join(row.raw if row.raw.endswith("\n") else f"{row.raw}\n" for row in rows)
    return Rejected(
        line=first.line, byte=first.byte, size=size, path=problem.path[:255], reason=problem.reason,
        raw=(raw if size <= RAW_LIMIT else raw[:HEAD]).rstrip("\r\n"), after=after, ends_file=first.ends_file,
        rows=number or len(rows),
    )  # fmt: skip
