"""Write many plain rows with one prepared statement, on both databases.

`bulk_create` spends nine tenths of an import on building model instances and SQL text; this spends nothing on either.
It knows no defaults and no signals: every needed column is named, values are what the database column holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import connection
from django.db.models import DateTimeField, DecimalField, Field, JSONField, Model

from core.binding import cursor

Adapter = Callable[[Any], Any]


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of the names (attribute names, such as `agent_id`)."""
    _execute(_insert_sql(model, names), model, names, rows)


def insert_new(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert the rows that are not known yet by one of the model's unique columns; the others stay as they are."""
    _execute(f"{_insert_sql(model, names)} ON CONFLICT DO NOTHING", model, names, rows, to=cursor)


def upsert(
    model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]], *, unique: Sequence[str]
) -> None:  # fmt: skip
    """Insert rows, or overwrite the named columns of those that are known by the unique ones, in the rows' order.

    However many there are, it is one statement that is sent over and over: `bulk_create` writes a new one every
    forty rows on SQLite.
    """
    same = ", ".join(_column(model, name) for name in unique)
    changed = ", ".join(f"{_column(model, one)} = EXCLUDED.{_column(model, one)}" for one in names if one not in unique)
    # Where the statement is the database's to keep, it plans it once and not for every row.
    _execute(f"{_insert_sql(model, names)} ON CONFLICT ({same}) DO UPDATE SET {changed}", model, names, rows, to=cursor)


def update(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Overwrite the named columns of rows; each row's values stand in the order of the names, its id last."""
    columns = ", ".join(f"{_column(model, name)} = %s" for name in names)
    table = connection.ops.quote_name(model._meta.db_table)
    sql = f"UPDATE {table} SET {columns} WHERE id = %s"  # noqa: S608  names come from the model, values are bound
    _execute(sql, model, [*names, "id"], rows)


def find(model: type[Model], names: Sequence[str], *, among: tuple[str, Sequence[Any]], **same: Any) -> list[Any]:
    """Return the named columns of the rows with one of many values in one column and given values in others.

    A query with five hundred values takes Django longer to write than the database to answer.
    """
    name, values = among
    if not values:
        return []
    columns = ", ".join(_column(model, one) for one in names)
    where = " AND ".join([*(f"{_column(model, one)} = %s" for one in same), _is_among(model, name, values)])
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {table} WHERE {where}", [*same.values(), *values])  # noqa: S608  names come from the model, values are bound
        return cursor.fetchall()


def delete(model: type[Model], *, among: tuple[str, Sequence[Any]]) -> None:
    """Delete the rows with one of many values in a column; nothing may point at them."""
    name, values = among
    if values:
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE {_is_among(model, name, values)}", list(values))  # noqa: S608  names come from the model, values are bound


def _is_among(model: type[Model], name: str, values: Sequence[Any]) -> str:
    return f"{_column(model, name)} IN ({', '.join(['%s'] * len(values))})"


def next_ids(model: type[Model], count: int) -> list[int]:
    """Set ids aside for rows that are about to be inserted, so that rows can name each other before they are written.

    SQLite: only the transaction that may write asks, so nobody else takes them meanwhile.
    """
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            cursor.execute(sql, [table, count])
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        given = cursor.fetchone()
        cursor.execute(f"SELECT max(id) FROM {connection.ops.quote_name(table)}")  # noqa: S608  the name is the model's
        last = max(given[0] if given else 0, cursor.fetchone()[0] or 0)
        return list(range(last + 1, last + 1 + count))


def _insert_sql(model: type[Model], names: Sequence[str]) -> str:
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(_column(model, name) for name in names)
    places = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608  names come from the model, values are bound


def _column(model: type[Model], name: str) -> str:
    return connection.ops.quote_name(_field(model, name).column or name)


def _execute(
    sql: str,
    model: type[Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    to: Callable[[], Any] | None = None,
) -> None:
    adapters = [(place, adapter) for place, name in enumerate(names) if (adapter := _adapter(_field(model, name)))]
    prepared = [_adapted(row, adapters) for row in rows]
    if prepared:
        with (to or connection.cursor)() as sent:
            sent.executemany(sql, prepared)


def _adapted(row: Sequence[Any], adapters: Sequence[tuple[int, Adapter]]) -> Sequence[Any]:
    if not adapters:
        return row
    values = list(row)
    for place, adapter in adapters:
        if values[place] is not None:
            values[place] = adapter(values[place])
    return values


def _field(model: type[Model], name: str) -> Field[Any, Any]:
    return next(field for field in model._meta.concrete_fields if field.attname == name)


def _adapter(field: Field[Any, Any]) -> Adapter | None:
    """Return what turns a Python value into the one this database's driver takes; None when it takes it as it is."""
    if connection.vendor == "postgresql":
        return _jsonb if isinstance(field, JSONField) else None
    if isinstance(field, JSONField):
        return _json
    if isinstance(field, DateTimeField):
        return _short_moment if connection.timezone is UTC else _moment
    if isinstance(field, DecimalField):
        digits, places = field.max_digits, field.decimal_places
        return lambda value: connection.ops.adapt_decimalfield_value(value, digits, places)
    return None


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _jsonb(value: Any) -> Any:
    from psycopg.types.json import Jsonb

    return Jsonb(value, dumps=msgspec.json.encode)


def _moment(value: datetime) -> str | None:
    """Return a time as SQLite keeps it."""
    return connection.ops.adapt_datetimefield_value(value)


def _short_moment(value: datetime) -> str | None:
    """Return the same where the database keeps UTC, without the detour for a time that is in UTC already."""
    return str(value)[:-6] if value.tzinfo is UTC else _moment(value)  # without "+00:00"
