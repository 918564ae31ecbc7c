"""The SQL that keeps the audit trail as it was written.

An audit event may be added and read, nothing else; a seal likewise. One change is let through, because the law asks for
it: the erasure of a person empties the names in an event (LABELS, all of them at once) and leaves its facts alone.

SQLite drops a table's triggers when Django rebuilds the table. A later migration that alters one of these tables runs
``melt`` before and ``freeze`` after it; tests/core/test_append_only.py fails when one is forgotten.
"""

from __future__ import annotations

from typing import Any

MESSAGE = "The audit trail is only ever added to."
EVENTS = "core_auditevent"
SEALS = "core_auditseal"
LABELS = ("actor", "target", "salt")
FACTS = ("id", "at", "actor_id", "verb", "target_type", "target_id", "fields", "params", "request_id")


def freeze(apps: Any, schema_editor: Any) -> None:
    """Create the triggers, as a step of a migration."""
    connection = schema_editor.connection
    _run(connection, _sqlite() if connection.vendor == "sqlite" else _postgresql())


def melt(apps: Any, schema_editor: Any) -> None:
    """Drop the triggers, as a step of a migration."""
    connection = schema_editor.connection
    statements = []
    for table in (EVENTS, SEALS):
        if connection.vendor == "sqlite":
            statements += [f"DROP TRIGGER IF EXISTS {table}_frozen_{what}" for what in ("update", "delete")]
        else:
            statements += [
                f"DROP TRIGGER IF EXISTS {table}_frozen ON {table}",
                f"DROP FUNCTION IF EXISTS {table}_refuse()",
            ]
    _run(connection, statements)


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _is_erasure(same: str) -> str:
    emptied = [f"NEW.{column} = ''" for column in LABELS]
    kept = [f"NEW.{column} {same} OLD.{column}" for column in FACTS]
    return " AND ".join([*emptied, *kept])


def _sqlite() -> list[str]:
    conditions = {
        (EVENTS, "update"): f" WHEN NOT ({_is_erasure('IS')})",
        (EVENTS, "delete"): "",
        (SEALS, "update"): "",
        (SEALS, "delete"): "",
    }
    return [
        f"CREATE TRIGGER {table}_frozen_{what} BEFORE {what.upper()} ON {table} FOR EACH ROW{condition}"
        f" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for (table, what), condition in conditions.items()
    ]


def _postgresql() -> list[str]:
    refuse = f"RAISE EXCEPTION USING MESSAGE = '{MESSAGE}', ERRCODE = 'integrity_constraint_violation';"
    erasure = f"IF TG_OP = 'UPDATE' THEN IF {_is_erasure('IS NOT DISTINCT FROM')} THEN RETURN NEW; END IF; END IF; "
    statements = []
    for table, body in ((EVENTS, erasure + refuse), (SEALS, refuse)):
        statements += [
            f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        ]
    return statements
