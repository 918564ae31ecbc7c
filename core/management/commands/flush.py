"""Empty the database. Django's own command, with the guards of what never changes stepping aside while it runs."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import flush
from django.db import connections, transaction


class Command(flush.Command):
    """Flush as Django does; on SQLite it deletes row by row, which the triggers would refuse."""

    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        guards = _triggers(connection) if connection.vendor == "sqlite" else {}
        if not guards:
            super().handle(**options)
            return
        with transaction.atomic(using=options["database"]):
            _run(connection, [f'DROP TRIGGER "{name}"' for name in guards])
            super().handle(**options)
            _run(connection, list(guards.values()))


def _triggers(connection: Any) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        return dict(cursor.fetchall())


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
