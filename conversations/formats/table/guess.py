"""Guess which column is what from the first row and the first cells. A guess is shown and can be changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import BinaryIO

import msgspec

from conversations.formats.table import fields, layout, times, words
from conversations.formats.table.fields import Field, plain
from conversations.formats.table.mapping import Mapping, Per, Sorting, zone_of
from conversations.formats.table.rows import Row, read_rows

# Enough to see both halves of a year in dates, few enough to be read while somebody waits.
SAMPLE_ROWS = 2000
TIME_FIELDS = ("sent_at", "started_at", "ended_at")
# A header this far in front of its field's names is believed whatever the cells say.
SURE = 3

Cells = dict[str, list[str]]


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """What is guessed, from which rows, and what cannot be told from them."""

    mapping: Mapping
    rows: list[Row]
    # Dates such as 3/4/2026 that no row decides.
    has_ambiguous_dates: bool
    has_naive_times: bool

    def cells(self, column: str, *, most: int = 3) -> list[str]:
        """Return the first different cells of a column that are not empty."""
        place = self.mapping.layout.header.index(column)
        found = dict.fromkeys(row.cells[place].strip() for row in self.rows if row.cells and row.cells[place].strip())
        return list(found)[:most]

    def words_of(self, field: str) -> list[str]:
        """Return the words that stand in a column of roles, channels or kinds, most of them known."""
        column = self.mapping.columns.get(field)
        return self.cells(column, most=30) if column else []


def sample(file: BinaryIO, found: layout.Layout) -> list[Row]:
    """Return the first rows of a file."""
    return list(islice(read_rows(file, found), SAMPLE_ROWS))


def guess(found: layout.Layout, rows: Sequence[Row], *, time_zone: str, per: Per | None = None) -> Guess:
    """Return the most likely mapping."""
    cells = _cells(found, rows)
    kind = per or _per(cells)
    columns = _columns(cells, kind)
    mapping = Mapping(layout=found, per=kind, columns=columns, time_zone=time_zone)
    return examined(mapping, rows)


def examined(mapping: Mapping, rows: Sequence[Row]) -> Guess:
    """Add to a mapping what its columns show: the order of day and month, and of the messages."""
    cells = _cells(mapping.layout, rows)
    texts = [text for field in TIME_FIELDS for text in cells.get(mapping.columns.get(field, ""), ())]
    seen, proven = times.orders_seen(texts)
    if not mapping.dates_are_told:
        mapping = msgspec.structs.replace(mapping, dates=_order(mapping.layout, proven))
    return Guess(
        mapping=msgspec.structs.replace(mapping, sorting=_sorting(mapping, cells)),
        rows=list(rows),
        has_ambiguous_dates=seen and len(proven) != 1,
        has_naive_times=any(times.is_naive(text) for text in texts),
    )


def _cells(found: layout.Layout, rows: Sequence[Row]) -> Cells:
    taken = [row.cells for row in rows if row.cells and not row.problem]
    return {column: [cells[place].strip() for cells in taken] for place, column in enumerate(found.header)}


def _per(cells: Cells) -> Per:
    """Say what a row is: a conversation when it holds a transcript or its number never comes again."""
    if _first(cells, fields.TRANSCRIPT):
        return "conversation"
    columns = _columns(cells, "message")
    ids = [text for text in cells.get(columns.get("external_id", ""), ()) if text]
    if len(set(ids)) < len(ids) or "role" in columns:
        return "message"
    return "conversation"


def _columns(cells: Cells, per: Per) -> dict[str, str]:
    """Give each field its best column; no column to two fields, but for who wrote and as what."""
    wanted = [field for field in fields.ALL if field.name in fields.allowed(per)]
    ranked = sorted(
        (rank, not field.of_message, field.name, column)
        for field in wanted
        for rank, column in _candidates(field, cells)
    )
    taken: dict[str, str] = {}
    for _rank, _, name, column in ranked:
        if name not in taken and column not in taken.values():
            taken[name] = column
    return _completed(taken, cells, per)


def _completed(taken: dict[str, str], cells: Cells, per: Per) -> dict[str, str]:
    """Add what depends on the rest: a bare id beside the conversation's, a speaker named `agent:4711`, row times."""
    free = {plain(column): column for column in cells if column not in taken.values()}
    if per == "message":
        if "id" in free and "message.id" not in taken:
            taken["message.id"] = free["id"]
        return _with_role(taken, cells)
    for field, names in (("started_at", fields.ROW_BEGINS), ("ended_at", fields.ROW_ENDS)):
        column = next((free[name] for name in names if name in free), None)
        if column and field not in taken:
            taken[field] = column
    return taken


def _with_role(taken: dict[str, str], cells: Cells) -> dict[str, str]:
    """Read the role from the column of who wrote, where its words say it: `agent:4711` says both."""
    author = taken.get("author", "")
    if author and "role" not in taken and _fits("role", cells[author], is_sure=False):
        taken["role"] = author
        if not any(":" in text for text in cells[author]):
            del taken["author"]
    return taken


def _candidates(field: Field, cells: Cells) -> Iterator[tuple[int, str]]:
    for column, texts in cells.items():
        name = plain(column)
        if name in field.names:
            rank = field.names.index(name)
            if _fits(field.name, texts, is_sure=rank < SURE):
                yield rank, column


def _fits(field: str, texts: list[str], *, is_sure: bool) -> bool:
    """Say whether the cells of a column may be this field: half of the words known, half of the ratings numbers."""
    values = {text for text in texts if text}
    if field == "external_id":
        return sum(bool(text) for text in texts) * 2 >= len(texts)
    if field == "csat":
        return not values or sum(_is_number(text) for text in values) * 2 >= len(values)
    if field not in words.KNOWN or is_sure:
        return True
    return bool(values) and sum(bool(words.meaning(field, text, {})) for text in values) * 2 >= len(values)


def _is_number(text: str) -> bool:
    return text.replace(",", ".").removesuffix("%").strip().replace(".", "", 1).isdigit()


def _first(cells: Cells, field: Field) -> str | None:
    return next((column for column in cells if plain(column) in field.names), None)


def _order(found: layout.Layout, proven: set[times.Order]) -> times.Order:
    if len(proven) == 1:
        return next(iter(proven))
    # Semicolons come from places where the comma is in numbers, and there the day comes first.
    return "day-first" if found.delimiter == ";" or proven else "month-first"


def _sorting(mapping: Mapping, cells: Cells) -> Sorting:
    """Say how the messages of a conversation stand in the file: as they were written, backwards, or neither."""
    if mapping.sorting != "file" or mapping.per != "message":
        return mapping.sorting
    zone, rises, falls = zone_of(mapping), 0, 0
    last: dict[str, datetime | None] = {}
    ids, sent = (cells.get(mapping.columns.get(field, ""), []) for field in ("external_id", "sent_at"))
    for conversation, text in zip(ids, sent, strict=False):
        moment = times.parse(text, order=mapping.dates, zone=zone) if text else None
        before = last.get(conversation)
        if moment and before:
            rises, falls = rises + (moment > before), falls + (moment < before)
        last[conversation] = moment or before
    return "file" if not falls else "reversed" if not rises else "time"
