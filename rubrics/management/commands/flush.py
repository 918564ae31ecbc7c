"""Empty the database. Django's own command, with the guard on published rubrics stepping aside while it runs."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import flush
from django.db import connections, transaction

from rubrics.migrations import _immutability


class Command(flush.Command):
    """Flush as Django does; on SQLite it deletes row by row, which the triggers would refuse."""

    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        if connection.vendor != "sqlite" or not _has_triggers(connection):
            super().handle(**options)
            return
        with transaction.atomic(using=options["database"]):
            _immutability.drop(connection)
            super().handle(**options)
            _immutability.create(connection)


def _has_triggers(connection: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'rubrics_%_frozen_%'")
        return cursor.fetchone() is not None
