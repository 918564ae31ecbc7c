"""Weeks of conversations without transcripts, from one that is there: the database writes them itself, shifted in time.

A row that Python makes costs some forty microseconds, ten million of them seven minutes of a processor; so it costs a
third of that. The content hash is made up: it has the form of one, and no words that it could be of.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Model

from conversations.models import Completion, Conversation

MADE_UP = {"postgresql": "encode(sha256(('zen-' || (id + %s))::bytea), 'hex')", "sqlite": "lower(hex(randomblob(32)))"}
LATER = {
    "postgresql": "{} + make_interval(days => %s)",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%S', {}, %s || ' days')",
}


def repeat(first: int, last: int, *, add: int, later: timedelta) -> None:
    """Write the conversations from one id to another once more, with ids that are larger and ended whole days later."""
    days = later.days
    hashed = (MADE_UP[connection.vendor], [add] if connection.vendor == "postgresql" else [])
    _copy(
        Conversation, "id", first, last, days,
        {"id": ("id + %s", [add]), "external_id": ("'zen-' || (id + %s)", [add]), "content_hash": hashed},
    )  # fmt: skip
    moved: dict[str, tuple[str, list[Any]]] = {"conversation_id": ("conversation_id + %s", [add])}
    _copy(Completion, "conversation_id", first, last, days, moved)
    _copy(Conversation.tagged.through, "conversation_id", first, last, days, moved)


def _copy(
    model: type[Model], key: str, first: int, last: int, days: int, changed: dict[str, tuple[str, list[Any]]]
) -> None:
    columns, values, parameters = [], [], []
    for field in model._meta.concrete_fields:
        if field.primary_key and field.attname not in changed:
            continue  # given by the database
        column = connection.ops.quote_name(field.column)
        shifted = (LATER[connection.vendor].format(column), [days])
        value, given = changed.get(field.attname, shifted if isinstance(field, DateTimeField) else (column, []))
        columns.append(column)
        values.append(value)
        parameters += given
    table = connection.ops.quote_name(model._meta.db_table)
    written = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table}"
    with connection.cursor() as cursor:
        cursor.execute(f"{written} WHERE {key} BETWEEN %s AND %s", [*parameters, first, last])
