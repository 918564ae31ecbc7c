"""What comes of reading one line: a record, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.records import Record


class Unreadable(Exception):
    """Carry the path and the reason of the first error in one record."""

    def __init__(self, reason: str, *, path: str = "") -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Position:
    """Where reading goes on: the next line (from 1) and its first byte in the unpacked file."""

    line: int = 1
    byte: int = 0


@dataclass(frozen=True, slots=True)
class Accepted:
    """A line that holds a conversation. `repaired` says that unusable characters were replaced by U+FFFD.

    In a table, a conversation may take many rows; `repeated` of them said again what another had said.
    """

    line: int
    byte: int
    size: int
    record: Record
    repaired: bool
    after: Position
    rows: int = 1
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that was not taken in. `ends_file` says that nothing behind it could be read."""

    line: int
    byte: int
    size: int
    path: str
    reason: str
    raw: str
    after: Position
    ends_file: bool = False
    rows: int = 1


Outcome = Accepted | Rejected
