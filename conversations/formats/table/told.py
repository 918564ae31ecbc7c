"""What somebody said about a table, in the browser, over the API or on the command line, put over the guess."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from typing import Any, Literal

import msgspec

from conversations.formats.outcomes import Unreadable
from conversations.formats.table import fields
from conversations.formats.table.fields import plain
from conversations.formats.table.guess import Guess, examined, guess
from conversations.formats.table.layout import Encoding
from conversations.formats.table.mapping import Mapping, Per, Sorting, WordField, checked
from conversations.formats.table.times import Order


class Told(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is said; what is left out is guessed. A field told to be "" is left empty."""

    per: Per | None = None
    columns: dict[str, str] = {}
    metadata: list[str] | None = None
    words: dict[WordField, dict[str, str]] = {}
    channel: str | None = None
    dates: Order | None = None
    time_zone: str | None = None
    sorting: Sorting | None = None
    encoding: Encoding | None = None
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    # Whether fields that are not named are to stay empty instead of being guessed.
    only: bool = False


def read_told(value: Any) -> Told:
    """Return what a document says. Raises Unreadable with the path of the first thing that cannot be."""
    try:
        if b"\\u0000" in msgspec.json.encode(value):
            raise Unreadable("holds a NUL character, which no text needs")
        return msgspec.convert(value, Told)
    except UnicodeEncodeError as error:
        raise Unreadable("holds half of a surrogate pair, which no text needs") from error
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `$")
        raise Unreadable(what[:300], path=path.strip(".`")) from error


def over(found: Guess, told: Told) -> Guess:
    """Return the guess with what was told put over it. Raises Unreadable where that cannot be."""
    if told.per and told.per != found.mapping.per:
        found = guess(found.mapping.layout, found.rows, time_zone=found.mapping.time_zone, per=told.per)
    guessed = found.mapping
    columns = {} if told.only else dict(guessed.columns)
    columns = _put(columns, told.columns)
    metadata = guessed.metadata if told.metadata is None else told.metadata
    mapping = Mapping(
        layout=guessed.layout,
        per=guessed.per,
        columns=columns,
        metadata=[column for column in metadata if column not in columns.values()],
        words={field: _normal(word) for field, word in (guessed.words | told.words).items()},
        channel=guessed.channel if told.channel is None else told.channel,
        dates=told.dates or guessed.dates,
        time_zone=told.time_zone or guessed.time_zone,
        sorting=told.sorting or guessed.sorting,
        dates_are_told=bool(told.dates) or guessed.dates_are_told,
    )
    looked_at = examined(checked(mapping), found.rows)
    if told.sorting:
        settled = msgspec.structs.replace(looked_at.mapping, sorting=told.sorting)
        looked_at = msgspec.structs.replace(looked_at, mapping=settled)
    return looked_at


def remembered(found: Guess, mapping: Mapping) -> Guess:
    """Return the guess that an earlier file with the same columns was imported by."""
    kept = msgspec.structs.replace(mapping, layout=found.mapping.layout)
    return examined(kept, found.rows)


def _put(columns: dict[str, str], told: MappingOf[str, str]) -> dict[str, str]:
    """Put columns over the guessed ones. A column that is told to be one field stops being the guessed other one."""
    taken = {column for column in told.values() if column}
    shared = {"role", "author"}
    kept = {
        field: column
        for field, column in columns.items()
        if field not in told and (column not in taken or (field in shared and told.keys() & shared))
    }
    return kept | {field: column for field, column in told.items() if column or field not in fields.NAMES}


def _normal(told: MappingOf[str, str]) -> dict[str, str]:
    return {word if word == "*" else plain(word): meaning for word, meaning in told.items()}
