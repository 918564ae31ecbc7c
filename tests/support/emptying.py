"""After a test with real transactions: empty the tables that hold something, and only those.

Django's flush truncates every table and makes content types and permissions anew, which nothing here asks for; that
takes ten times as long. The guards of rows that never change step aside meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

# They follow from the models, not from a test.
KEPT = {"auth_permission", "django_content_type"}
GUARDS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(%'"


@pytest.fixture(scope="session", autouse=True)
def emptied_afterwards() -> Iterator[None]:
    """Let tests with real transactions end so."""
    flush = TransactionTestCase._fixture_teardown

    def empty_or_flush(test: TransactionTestCase) -> None:
        if connection.vendor == "sqlite":
            _empty_sqlite()
        elif _may_lift_guards():
            _empty_postgresql()
        else:
            flush(test)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_or_flush)
        yield


def _empty_sqlite() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        dirty = _dirty(cursor)
        cursor.execute(GUARDS)
        guards = cursor.fetchall()
        for name, _ in guards:
            cursor.execute(f'DROP TRIGGER "{name}"')
        _delete(cursor, dirty)
        for _, sql in guards:
            cursor.execute(sql)


def _empty_postgresql() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # Neither triggers nor foreign keys are looked at.
        cursor.execute("SET LOCAL session_replication_role = replica")
        _delete(cursor, _dirty(cursor))


def _may_lift_guards() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        return bool(cursor.fetchone() == ("on",))


def _dirty(cursor: Any) -> list[str]:
    names = [name for name in connection.introspection.django_table_names(only_existing=True) if name not in KEPT]
    cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names))
    return [name for (name,) in cursor.fetchall()]


def _delete(cursor: Any, tables: list[str]) -> None:
    for table in tables:
        cursor.execute(f'DELETE FROM "{table}"')
