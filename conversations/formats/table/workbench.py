"""Put the rows of each conversation together, wherever they stand in the file, on disk and not in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from conversations.formats.lines import LINE_LIMIT
from conversations.formats.outcomes import Position
from conversations.formats.records import MESSAGE_LIMIT
from conversations.formats.table.rows import Row

STEP = 5000
_TABLES = """
CREATE TABLE rows (
    line INTEGER PRIMARY KEY, conversation TEXT, byte INTEGER, size INTEGER, raw TEXT, problem TEXT, repaired INTEGER,
    ends_file INTEGER
);
CREATE TABLE place (line INTEGER, byte INTEGER, content TEXT, finished INTEGER);
"""
_HEADS = """
BEGIN;
DROP TABLE IF EXISTS heads;
DROP INDEX IF EXISTS of_conversation;
CREATE TABLE heads (first INTEGER PRIMARY KEY, conversation TEXT, number INTEGER, size INTEGER);
CREATE INDEX of_conversation ON rows (conversation, line);
INSERT INTO heads SELECT min(line), conversation, count(*), sum(size) FROM rows
    WHERE conversation IS NOT NULL GROUP BY conversation;
INSERT INTO heads SELECT line, NULL, 1, size FROM rows WHERE conversation IS NULL;
UPDATE place SET finished = 1;
COMMIT;
"""
_INSERT = "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_COLUMNS = "line, byte, size, raw, problem, repaired, ends_file"


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one conversation in the file's order; only the first ones when there are too many to be one."""

    rows: list[Row]
    number: int
    size: int

    @property
    def why_too_much(self) -> str:
        """Say why these rows cannot be one conversation; empty when they can."""
        if self.number > MESSAGE_LIMIT:
            return (
                f"{self.number:,} rows bear this number, and a conversation holds at most {MESSAGE_LIMIT:,} messages."
            )
        if self.size > LINE_LIMIT:
            return f"The rows of this conversation are larger than {LINE_LIMIT // 2**20} MB."
        return ""


class Workbench:
    """The rows of one file on disk. Killed at any point, it is gone on with; of another file, it is begun anew."""

    def __init__(self, path: Path, *, content: str) -> None:
        """Open the bench for a content (a fingerprint of the file and of what its columns are)."""
        self.path = path
        self.content = content
        try:
            self.database = self._opened()
        except sqlite3.DatabaseError:
            # The machine stopped while it was written.
            forget(path)
            self.database = self._opened()

    def close(self) -> None:
        """Leave the file for the next runner."""
        self.database.close()

    @property
    def place(self) -> Position | None:
        """Return where reading goes on; None at the beginning."""
        line, byte = self.database.execute("SELECT line, byte FROM place").fetchone()
        return Position(line, byte) if line else None

    @property
    def is_complete(self) -> bool:
        """Say whether every row has been put on the bench."""
        return bool(self.database.execute("SELECT finished FROM place").fetchone()[0])

    @property
    def last_line(self) -> int:
        """Return the line of the last row."""
        return int(self.database.execute("SELECT coalesce(max(line), 0) FROM rows").fetchone()[0])

    def collect(self, rows: Iterable[Row], *, key: Callable[[Row], str], go_on: Callable[[], bool]) -> bool:
        """Put rows on the bench, from `place` on; False when stopped before the last."""
        ahead = iter(rows)
        while step := list(islice(ahead, STEP)):
            after = step[-1].after
            with self.database:
                self.database.executemany(_INSERT, (_stored(row, key(row)) for row in step))
                self.database.execute("UPDATE place SET line = ?, byte = ?", (after.line, after.byte))
            if not go_on():
                return False
        self.database.executescript(_HEADS)
        return True

    def groups(self, start: int) -> Iterator[Group]:
        """Yield conversations in the order of their first rows, from a line on."""
        heads = self.database.execute(
            "SELECT first, conversation, number, size FROM heads WHERE first >= ? ORDER BY first", (start,)
        )
        for first, conversation, number, size in heads:
            where, values = ("line = ?", (first,)) if conversation is None else ("conversation = ?", (conversation,))
            too_much = number > MESSAGE_LIMIT or size > LINE_LIMIT
            sql = f"SELECT {_COLUMNS} FROM rows WHERE {where} ORDER BY line LIMIT ?"  # noqa: S608  our own words
            found = self.database.execute(sql, (*values, 20 if too_much else MESSAGE_LIMIT))
            yield Group([_row(*values) for values in found], number, size)

    def _opened(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        database = sqlite3.connect(self.path)
        # A killed process loses nothing that was committed; a machine that stops makes us begin again.
        database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;")
        known = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'place'").fetchone()[0]
        if known and database.execute("SELECT content FROM place").fetchone() == (self.content,):
            return database
        if known:
            database.close()
            forget(self.path)
            return self._opened()
        database.executescript(_TABLES)
        with database:
            database.execute("INSERT INTO place VALUES (0, 0, ?, 0)", (self.content,))
        return database


def forget(path: Path) -> None:
    """Delete a bench: it holds what people wrote."""
    for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        name.unlink(missing_ok=True)


def _stored(row: Row, conversation: str) -> tuple[object, ...]:
    key = conversation or None
    return row.line, key, row.byte, row.size, row.raw, row.problem, row.repaired, row.ends_file


def _row(line: int, byte: int, size: int, raw: str, problem: str, repaired: int, ends_file: int) -> Row:
    after = Position(line + 1, byte + size)
    return Row(line, byte, size, raw, after, [], problem, repaired=bool(repaired), ends_file=bool(ends_file))
