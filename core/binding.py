"""Where prepared statements are sent: to PostgreSQL so that it plans them once for each connection, too.

Django writes values into the SQL before it sends it, so PostgreSQL reads and plans every statement anew. For a row of
a dozen tables that takes longer than to find it, and longer than the whole rest of a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

MOST = 200  # statements that one connection keeps: those of here in the few shapes that its people have
PLACE = re.compile("(%s)")


def connected() -> Any:
    """Return this thread's connection itself: what stands for it looks it up anew for each of its words."""
    # What Django's types know of a connection leaves out what only PostgreSQL's has.
    return connections[DEFAULT_DB_ALIAS]


def cursor(connection: Any = None, *, plan_anew: bool = False) -> Any:
    """Return a cursor that leaves the values to the database, unless a plan has to know them."""
    connection = connection or connected()
    if connection.vendor != "postgresql" or plan_anew:
        return connection.cursor()
    from django.db.backends.postgresql import base  # needs psycopg, which SQLite does without

    connection.ensure_connection()
    # psycopg counts how often a statement was sent, and prepares it from the number in the settings on.
    connection.connection.prepared_max = MOST
    made: Any = base.ServerBindingCursor
    return connection._prepare_cursor(made(connection.connection))


def with_constants(
    connection: Any, sql: str, parameters: Sequence[Any], *, is_open: Callable[[Any], bool]
) -> tuple[str, tuple[Any, ...]]:
    """Write what never changes into the SQL, so that a plan knows it: an index of open items serves no other status."""
    if connection.vendor != "postgresql":
        return sql, tuple(parameters)
    left, parts, given = [], PLACE.split(sql.replace("%%", "\ue000")), iter(parameters)
    for number, part in enumerate(parts):
        if part != "%s":
            continue
        value = next(given)
        if is_open(value):
            left.append(value)
        else:
            parts[number] = connection.ops.compose_sql("%s", [value]).replace("%", "%%")
    return "".join(parts).replace("\ue000", "%%"), tuple(left)
