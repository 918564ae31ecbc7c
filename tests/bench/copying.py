"""Load millions of rows the fastest way each database knows: COPY, or one prepared statement."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import JSONField, Model

from core import bulk

AT_ONCE = 20_000
PLAIN_INDEXES = {
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexdef LIKE 'CREATE INDEX%%'",
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE tbl_name = %s AND sql LIKE 'CREATE INDEX%%'",
}


def load(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of the names (attribute names, such as `agent_id`).

    Columns that are not named and cannot be empty get their default, as `save` would give it.
    """
    rest = [field for field in model._meta.concrete_fields if not (field.primary_key or field.null)]
    rest = [field for field in rest if field.attname not in names]
    if rest:
        defaults = tuple(field.get_default() for field in rest)
        names, rows = (*names, *(field.attname for field in rest)), ((*row, *defaults) for row in rows)
    if connection.vendor == "postgresql":
        _copy(model, names, rows)
        return
    waiting = iter(rows)
    while batch := list(islice(waiting, AT_ONCE)):
        bulk.insert(model, names, batch)


def _copy(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    columns = ", ".join(connection.ops.quote_name(fields[name].column) for name in names)
    as_json = [place for place, name in enumerate(names) if isinstance(fields[name], JSONField)]
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {connection.ops.quote_name(model._meta.db_table)} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(_with_json(row, as_json) if as_json else row)


def _with_json(row: Sequence[Any], places: Sequence[int]) -> list[Any]:
    values = list(row)
    for place in places:
        values[place] = json.dumps(values[place])
    return values


@contextmanager
def trusted() -> Iterator[None]:
    """Load without looking up what each row points at: the data is right, and that takes longer than the loading.

    PostgreSQL lets only a superuser do so, as the owner of a benchmark's own server is.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('is_superuser') = 'on'")
            may = cursor.fetchone()[0]
        words = ("SET session_replication_role = replica", "SET session_replication_role = DEFAULT") if may else ()
    else:
        words = ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON")
    run(*words[:1])
    try:
        yield
    finally:
        run(*words[1:])


def without_indexes(models: Iterable[type[Model]]) -> list[tuple[str, str]]:
    """Take the indexes away that hold no promise; their names and definitions, to build each in one go at the end."""
    found = PLAIN_INDEXES[connection.vendor]
    with connection.cursor() as cursor:
        kept: list[tuple[str, str]] = []
        for model in models:
            cursor.execute(found, [model._meta.db_table])
            kept += cursor.fetchall()
    run(*(f"DROP INDEX {connection.ops.quote_name(name)}" for name, _definition in kept))
    return kept


def run(*statements: str) -> None:
    """Let the database do something."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def settle(models: Iterable[type[Model]]) -> None:
    """Let ids go on after those that were given, and let the planner see what is there."""
    from django.core.management.color import no_style

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
