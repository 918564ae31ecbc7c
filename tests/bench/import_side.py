"""One side of the import benchmark, in a process of its own: python -m tests.bench.import_side ours|floor FILE ROWS"""

from __future__ import annotations

import json
import pickle
import sys
import time
from pathlib import Path
from typing import Any

import django

BATCH = 500
ORDER = ("source", "agent", "agentidentity", "conversation", "transcript", "participant", "completion", "tag", "tagged",
         "searchtext")  # fmt: skip


def main(side: str, file: Path, rows: Path) -> None:
    """Run one side and print its figures as one JSON object."""
    django.setup()
    answer = ours(file, rows) if side == "ours" else floor(file, rows)
    sys.stdout.write(json.dumps(answer) + "\n")


class Watch:
    """Seconds of the clock and of the processor since it was made."""

    def __init__(self) -> None:
        self.clock, self.processor = time.perf_counter(), time.process_time()

    def read(self) -> dict[str, float]:
        """Return both."""
        return {"seconds": time.perf_counter() - self.clock, "processor": time.process_time() - self.processor}


def ours(file: Path, rows: Path) -> dict[str, Any]:
    """Import a file as the command does and index it; keep every row for the floor."""
    from django.utils import timezone

    from conversations.services import indexing, reading, runs

    source, now = runs.source_named("Bench", by=None, now=timezone.now()), timezone.now
    watch = Watch()
    with file.open("rb") as stream:
        fingerprint = reading.fingerprint(stream)
        run = runs.begin(source, file_name=file.name, size=0, fingerprint=fingerprint, by=None, now=now())
        reading.read(run, stream, clock=now)
    reading.count_at_once(run, go_on=lambda _agent: True)
    runs.end(run, now=now())
    imported = watch.read()["seconds"]
    indexing.work(clock=now, seconds=3600)
    found = watch.read()
    kept = {name: everything(name) for name in ORDER}
    assert len(kept["searchtext"][1]) == run.created
    rows.write_bytes(pickle.dumps(kept))
    return found | {"import_seconds": imported, "conversations": run.created, "messages": messages()}


def table(name: str) -> Any:
    """Return the model of a name in ORDER."""
    from accounts.models import Agent, AgentIdentity
    from conversations import models

    known = {"agent": Agent, "agentidentity": AgentIdentity, "tagged": models.Conversation.tagged.through,
             "searchtext": models.SearchText}  # fmt: skip
    return known.get(name) or getattr(models, name.capitalize())


def everything(name: str) -> tuple[list[str], list[Any]]:
    """Return the columns and all rows of a table as the driver gives them."""
    from django.db import connection

    columns = [field.column for field in table(name)._meta.concrete_fields]
    chosen = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {chosen} FROM "{table(name)._meta.db_table}" ORDER BY 1')
        return columns, cursor.fetchall()


def messages() -> int:
    """Count the messages."""
    from django.db.models import Sum

    from conversations.models import Conversation

    return int(Conversation.objects.aggregate(all=Sum("message_count"))["all"])


def floor(file: Path, rows: Path) -> dict[str, Any]:
    """Decode the lines, and write the rows as they are, batch by batch."""
    kept = pickle.loads(rows.read_bytes())
    steps = plan(kept)
    watch = Watch()
    decode(file)
    write(steps)
    return watch.read() | {"conversations": len(kept["conversation"][1])}


def plan(kept: dict[str, tuple[list[str], list[Any]]]) -> list[list[tuple[str, list[Any]]]]:
    """Return the transactions: first people and tags, then batches of conversations with all that is theirs."""
    owner = {"conversation": "id", "transcript": "conversation_id", "participant": "conversation_id",
             "completion": "conversation_id", "tagged": "conversation_id", "searchtext": "conversation_id"}  # fmt: skip
    batch_of = {row[0]: place // BATCH for place, row in enumerate(kept["conversation"][1])}
    steps: list[list[tuple[str, list[Any]]]] = [
        [(statement(name, kept[name][0]), kept[name][1]) for name in ORDER if name not in owner]
    ]
    for number in range(max(batch_of.values()) + 1):
        steps.append([])
        for name, column in owner.items():
            columns, all_rows = kept[name]
            place = columns.index(column)
            mine = [row for row in all_rows if batch_of[row[place]] == number]
            steps[-1].append((statement(name, columns), [prepared(row) for row in mine]))
    return steps


def statement(name: str, columns: list[str]) -> str:
    """Return the INSERT of a table, as the driver at hand writes its places."""
    from django.db import connection

    sign = "?" if connection.vendor == "sqlite" else "%s"
    chosen = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{table(name)._meta.db_table}" ({chosen}) VALUES ({", ".join([sign] * len(columns))})'


def prepared(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a row as the driver takes it back."""
    from psycopg.types.json import Jsonb

    return tuple(Jsonb(value) if isinstance(value, dict | list) else value for value in row)


def decode(file: Path) -> None:
    """Decode every line into the types of the format."""
    import msgspec

    from conversations.formats.lines import read_lines
    from conversations.formats.records import RecordIn

    decoder = msgspec.json.Decoder(RecordIn)
    with file.open("rb") as stream:
        for line in read_lines(stream):
            decoder.decode(line.data)


def write(steps: list[list[tuple[str, list[Any]]]]) -> None:
    """Send every statement with its rows through the driver itself, a commit after each batch."""
    from django.db import connection

    connection.ensure_connection()
    driver: Any = connection.connection
    if connection.vendor == "postgresql":
        driver.autocommit = False
    cursor = driver.cursor()
    for step in steps:
        if connection.vendor == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")
        for sql, all_rows in step:
            if all_rows:
                cursor.executemany(sql, all_rows)
        driver.commit()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
