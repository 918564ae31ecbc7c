"""The fixed statements of floors.py through the raw driver, in this process: what the database alone takes for them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from qa_portal import environment
from tests.bench import floors
from tests.bench.world import World


class Cursor:
    """A driver's own cursor, with the one thing of Django's that the statements need: the name of the database."""

    def __init__(self, cursor: Any, *, vendor: str) -> None:
        self.cursor, self.db = cursor, SimpleNamespace(vendor=vendor)
        self.fetchone, self.fetchall = cursor.fetchone, cursor.fetchall

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """Send a statement."""
        return self.cursor.execute(self._written(sql), parameters)

    def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> Any:
        """Send a statement with many rows."""
        return self.cursor.executemany(self._written(sql), parameters)

    @property
    def rowcount(self) -> int:
        """Return how many rows the last statement touched."""
        return int(self.cursor.rowcount)

    def _written(self, sql: str) -> str:
        return sql.replace("%s", "?") if self.db.vendor == "sqlite" else sql


class Driver:
    """One connection, and the milliseconds that each list of statements took on it."""

    def __init__(self, connection: Any, known: World) -> None:
        self.connection, self.vendor = connection, known.place.database
        self.cursor = Cursor(connection.cursor(), vendor=self.vendor)
        self.user, self.agent = known.keys["ids"]["users"][-1], known.keys["ids"]["agent"]
        self.feedback = known.keys["feedback"]
        self.times: dict[str, list[float]] = {}

    def score(self) -> None:
        """Claim, open and submit once."""
        until = self.moment(timedelta(minutes=20))
        with self._timed("claim"), self._transaction():
            taken = floors.claim(
                self.cursor, user=self.user, now=self.moment(), until=until, locks=self.vendor == "postgresql"
            )
        assert taken is not None
        with self._timed("open"):
            floors.workspace(self.cursor, review=taken, user=self.user)
        with self._timed("submit"), self._transaction():
            floors.submit(self.cursor, review=taken, user=self.user, now=self.moment(), until=until)

    def read(self, turn: int) -> None:
        """Read the list, a feedback and the team page once."""
        with self._timed("list"):
            floors.conversations(self.cursor, channel=("chat", "email", "ticket", "messaging")[turn % 4])
        with self._timed("feedback"):
            floors.feedback(self.cursor, review=self.feedback[turn % len(self.feedback)], user=self.agent)
        with self._timed("team"):
            floors.team(self.cursor, team_id=1, since=self.moment(timedelta(weeks=-9)))

    def moment(self, later: timedelta = timedelta(0)) -> Any:
        """Return a moment as the driver takes it."""
        now = datetime.now(UTC) + later
        return now if self.vendor == "postgresql" else str(now.replace(tzinfo=None))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.cursor.execute("BEGIN IMMEDIATE" if self.vendor == "sqlite" else "BEGIN")
        yield
        self.cursor.execute("COMMIT")

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.times.setdefault(name, []).append((time.perf_counter() - began) * 1000)


@contextmanager
def driver(known: World) -> Iterator[Driver]:
    """Connect as the product does: the same pragmas on SQLite, autocommit on PostgreSQL."""
    connection = _connect(known)
    try:
        yield Driver(connection, known)
    finally:
        connection.close()


def _connect(known: World) -> Any:
    url = known.place.url
    if known.place.database == "sqlite":
        path = Path(urlsplit(url).path)
        connection = sqlite3.connect(path, timeout=20, isolation_level=None)
        connection.executescript(environment.sqlite(path)["OPTIONS"]["init_command"])
        return connection
    import psycopg

    return psycopg.connect(url, autocommit=True)
