"""Read whole numbers that somebody sent as text: the number of a row, of a version, of a line of a form."""

from __future__ import annotations

from collections.abc import Iterable

LARGEST_ID = 2**63 - 1  # no column holds more


def whole_number(text: str, *, most: int = LARGEST_ID) -> int | None:
    """Return the number from 0 to `most`; None for anything else. Python itself fails at 4,301 digits."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most))):
        return None
    return found if (found := int(text)) <= most else None


def whole_numbers(texts: Iterable[str]) -> list[int]:
    """Return the numbers of rows among what was ticked, and leave out what names none."""
    return [found for text in texts if (found := whole_number(text)) is not None]
