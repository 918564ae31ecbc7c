"""Write many plain rows with one prepared statement, on both databases.

`bulk_create` spends nine tenths of an import on building model instances and SQL text; this spends nothing on either.
It knows no defaults and no signals: every needed column is named, values are what the database column holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, DecimalField, Field, JSONField, Model

Adapter = Callable[[Any], Any]


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of the names (attribute names, such as `agent_id`)."""
    _execute(_insert_sql(model, names), model, names, rows)


def upsert(
    model: type[Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    identity: Sequence[str],
    overwrite: Sequence[str],
) -> None:
    """Insert rows; where one of the same identity exists, overwrite the named columns of it."""
    keys = ", ".join(_column(model, name) for name in identity)
    columns = [_column(model, name) for name in overwrite]
    values = ", ".join(f"{column} = excluded.{column}" for column in columns)
    _execute(f"{_insert_sql(model, names)} ON CONFLICT ({keys}) DO UPDATE SET {values}", model, names, rows)


def set_column(model: type[Model], name: str, values: Mapping[int, Any]) -> None:
    """Set one column of many rows, each to its own value, by primary key."""
    table, key = connection.ops.quote_name(model._meta.db_table), connection.ops.quote_name("id")
    sql = f"UPDATE {table} SET {_column(model, name)} = %s WHERE {key} = %s"  # noqa: S608  names come from the model
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(sql, [(value, pk) for pk, value in values.items()])


def _insert_sql(model: type[Model], names: Sequence[str]) -> str:
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(_column(model, name) for name in names)
    places = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608  names come from the model, values are bound


def _column(model: type[Model], name: str) -> str:
    return connection.ops.quote_name(_field(model, name).column or name)


def _execute(sql: str, model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    adapters = [(place, adapter) for place, name in enumerate(names) if (adapter := _adapter(_field(model, name)))]
    prepared = [_adapted(row, adapters) for row in rows]
    if prepared:
        with connection.cursor() as cursor:
            cursor.executemany(sql, prepared)


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
    if isinstance(field, DateTimeField):
        # Most rows of one call carry the same moment of writing.
        return cache(connection.ops.adapt_datetimefield_value)
    if isinstance(field, DecimalField):
        digits, places = field.max_digits, field.decimal_places
        return lambda value: connection.ops.adapt_decimalfield_value(value, digits, places)
    if isinstance(field, JSONField):
        return lambda value: connection.ops.adapt_json_value(value, field.encoder)
    return None
