"""Which column is what, and how its cells are to be read: guessed, shown, changed, kept with the import."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from conversations.formats.outcomes import Unreadable
from conversations.formats.records import CHANNELS
from conversations.formats.table import fields, words
from conversations.formats.table.layout import Layout
from conversations.formats.table.times import Order
from core import time_zones

Per = Literal["message", "conversation"]
Sorting = Literal["file", "time", "reversed"]
WordField = Literal["role", "channel", "kind"]


class Mapping(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How one table becomes conversations. Columns are named as the first row of the file names them."""

    layout: Layout
    per: Per = "message"
    # Field → column.
    columns: dict[str, str] = {}
    # Columns that are kept as custom fields of the conversation.
    metadata: list[str] = []
    # What words in the columns of roles, channels and kinds stand for, beyond the known ones; `*` is any other.
    words: dict[WordField, dict[str, str]] = {}
    # The channel of every conversation of a file that names none.
    channel: str = ""
    dates: Order = "day-first"
    time_zone: str = "UTC"
    sorting: Sorting = "file"
    # Whether somebody said how 3/4/2026 is to be read.
    dates_are_told: bool = False

    def place(self, field: str) -> int | None:
        """Return the number of a field's column, from 0."""
        column = self.columns.get(field)
        return self.layout.header.index(column) if column in self.layout.header else None

    def missing(self) -> list[str]:
        """Return what has to be known before a row can be read, in words for a person."""
        return list(_missing(self))


def to_json(mapping: Mapping) -> dict[str, Any]:
    """Return the mapping as it is stored."""
    built: dict[str, Any] = msgspec.to_builtins(mapping)
    return built


def from_json(stored: dict[str, Any]) -> Mapping:
    """Return a stored mapping."""
    return msgspec.convert(stored, Mapping)


def checked(mapping: Mapping) -> Mapping:
    """Return a mapping that fits its file. Raises Unreadable with the first thing that does not."""
    header = mapping.layout.header
    for field, column in [*mapping.columns.items(), *((fields.METADATA, column) for column in mapping.metadata)]:
        if field not in (*fields.allowed(mapping.per), fields.METADATA):
            raise Unreadable(_no_field(field, mapping.per), path=field)
        if column not in header:
            raise Unreadable(f"there is no column “{column}”; the file has {_listed(header)}", path=field)
    _check_words(mapping)
    if not time_zones.is_known(mapping.time_zone):
        raise Unreadable(f"“{mapping.time_zone}” is not a time zone such as Europe/Berlin", path="time_zone")
    if mapping.channel and mapping.channel not in CHANNELS:
        raise Unreadable(f"“{mapping.channel}” is not one of {', '.join(CHANNELS)}", path="channel")
    return mapping


def zone_of(mapping: Mapping) -> ZoneInfo:
    """Return the zone of times that name none."""
    return ZoneInfo(mapping.time_zone)


def _check_words(mapping: Mapping) -> None:
    for field, told in mapping.words.items():
        choices = words.KNOWN[field][1]
        for word, meaning in told.items():
            if meaning and meaning not in choices:
                raise Unreadable(f"“{meaning}” for “{word}” is not one of {', '.join(choices)}", path=field)


def _missing(mapping: Mapping) -> Iterator[str]:
    known = mapping.columns.keys()
    if "external_id" not in known:
        yield "external_id: which column holds the number of the conversation"
    if mapping.per == "conversation":
        if not known & {"transcript", "text", "html"}:
            yield "transcript (or text): which column holds what was said"
        return
    if not known & {"text", "html"}:
        yield "text (or html): which column holds what was written"
    people = {"agent.external_id", "agent.name", "customer.external_id", "customer.name"}
    if "role" not in known and not ("author" in known and known & people):
        yield "role: which column says whether customer or agent wrote (or author, together with agent or customer)"


def _no_field(field: str, per: str) -> str:
    if field in fields.NAMES:
        return f"cannot be filled where one row is one {per}"
    return f"is not a field; there are {', '.join(fields.allowed(per))}"


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:12])
    return f"{shown} and {len(names) - 12} more" if len(names) > 12 else shown
