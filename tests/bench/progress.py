"""What of a database is filled, kept in the database itself: a batch and the word that it is done are one transaction.

So whoever is killed, between two batches or within one, leaves nothing that is half there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection, transaction

TABLE = "bench_progress"


class Changed(Exception):
    """A database was begun for something else than is asked for; the words say what to do."""


class Progress:
    """The batches that are done, by name, with what each left for those after it."""

    def __init__(self) -> None:
        self.done: dict[str, Any] = {}
        self.found = self.made = 0
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} (batch VARCHAR(80) PRIMARY KEY, left_ TEXT NOT NULL)")
            cursor.execute(f"SELECT batch, left_ FROM {TABLE}")
            self.done = {batch: json.loads(left) for batch, left in cursor.fetchall()}
        self.found = len(self.done)

    def once(self, batch: str, work: Callable[[], Any]) -> Any:
        """Do a batch unless it is done, all of it or nothing; return what it left, as JSON knows it."""
        if batch not in self.done:
            with transaction.atomic():
                left = json.dumps(work())
                with connection.cursor() as cursor:
                    cursor.execute(f"INSERT INTO {TABLE} (batch, left_) VALUES (%s, %s)", [batch, left])
            self.done[batch] = json.loads(left)
            self.made += 1
        return self.done[batch]

    def begun_for(self, asked: Mapping[str, Any]) -> None:
        """Refuse to go on with a database that was begun for other sizes; note them in an empty one."""
        begun = self.once("request", lambda: dict(asked))
        if begun != asked:
            differs = [
                f"{name} {begun.get(name)} instead of {asked.get(name)}"
                for name in {**begun, **asked}
                if begun.get(name) != asked.get(name)
            ]
            raise Changed(
                f"This database was begun with {', '.join(differs)}. Ask for the same again to go on with it, or name "
                "an empty one in DATABASE_URL."
            )


def forget() -> None:
    """Let a database that was emptied otherwise be filled again."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
