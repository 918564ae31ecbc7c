"""What the types cannot say: ids that are empty, times that cannot be, metadata that is too much."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from conversations.formats.outcomes import Unreadable
from conversations.formats.records import METADATA_DEPTH, METADATA_LIMIT, TAG_LIMIT, Metadata

# No help desk is older; 1970 and year 1 are what broken exports write for "no time".
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# Clocks differ, and a local time written as UTC is up to 14 hours ahead.
TOLERANCE = timedelta(days=1)
_decode_metadata = msgspec.json.Decoder(Metadata | None).decode


def identifier(value: str | int | None, path: str) -> str:
    """Return an id as text; empty when there is none."""
    if value is None:
        return ""
    text = str(value)
    if len(text) > 255:
        raise Unreadable("is longer than 255 characters", path=path)
    return text


def needed_identifier(value: str | int, path: str) -> str:
    """Return an id that must not be empty."""
    text = identifier(value, path)
    if not text.strip():
        raise Unreadable("is empty", path=path)
    return text


def moment(value: datetime | None, path: str, *, latest: datetime) -> datetime | None:
    """Return a time in UTC, or refuse one that cannot be."""
    if value is None:
        return None
    if value < EARLIEST:
        raise Unreadable(f"lies before {EARLIEST.year}", path=path)
    if value > latest:
        raise Unreadable("lies in the future", path=path)
    return value.astimezone(UTC)


def tags(values: list[str] | None) -> list[str]:
    """Return the tags without blanks and repeats, in the file's order."""
    unique = list(dict.fromkeys(stripped for value in values or [] if (stripped := value.strip())))
    if len(unique) > TAG_LIMIT:
        raise Unreadable(f"holds more than {TAG_LIMIT} tags", path="tags")
    return unique


def metadata(raw: msgspec.Raw) -> dict[str, Any]:
    """Return the metadata, or refuse what is too large or nested too deeply."""
    data = bytes(raw)
    if len(data) > METADATA_LIMIT:
        raise Unreadable(f"is larger than {METADATA_LIMIT // 1024} kB", path="metadata")
    try:
        value = _decode_metadata(data) or {}
    except (msgspec.ValidationError, RecursionError) as error:
        raise Unreadable(_why_no_metadata(error), path="metadata") from error
    if _depth(value) > METADATA_DEPTH:
        raise Unreadable(f"is nested more than {METADATA_DEPTH} levels deep", path="metadata")
    return value


def _why_no_metadata(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return f"is nested more than {METADATA_DEPTH} levels deep"
    return "should be an object" if "got `" in str(error) else "holds a number that is too large"


def _depth(value: Any) -> int:
    """Count the levels of a value; stops at one more than is allowed."""
    level, layer = 0, [value]
    while layer and level <= METADATA_DEPTH:
        layer = [
            child
            for item in layer
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        level += 1
    return level
