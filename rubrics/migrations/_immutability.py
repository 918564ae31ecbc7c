"""The SQL that keeps published and retired versions as they were published.

Every review points into such a version; if a weight could change, a stored score could not be explained any more. So
the database itself refuses, whoever asks. What stays possible on purpose, for edits that cannot move a score: rewording
and reordering (the WORDING columns; the order of sections and criteria enters no score), the note, and the fingerprint
that must follow the wording. And published → retired. Only services/wording.py makes such edits, and records each.

SQLite drops a table's triggers when Django rebuilds the table. A later migration that alters one of these tables runs
``melt`` before and ``freeze`` after it; tests/rubrics/test_immutability.py fails when one is forgotten.
"""

from __future__ import annotations

from typing import Any, NamedTuple

MESSAGE = "A published rubric version never changes."


class Frozen(NamedTuple):
    """One table: its frozen columns, those that only word it, and how to find the version of a row."""

    table: str
    columns: tuple[str, ...]
    wording: tuple[str, ...]
    version: str


BY_VERSION = "{row}.version_id"
BY_CRITERION = "(SELECT c.version_id FROM rubrics_criterion c WHERE c.id = {row}.criterion_id)"
CONTENT = (
    Frozen("rubrics_section", ("id", "version_id", "lineage", "weight"), ("name", "position"), BY_VERSION),
    Frozen(
        "rubrics_criterion",
        (
            "id", "version_id", "section_id", "lineage", "kind", "weight", "points", "skill_id", "not_applicable",
            "dimension", "comment_rule", "evidence_rule", "visible_when",
        ),
        ("name", "guidance", "position"),
        BY_VERSION,
    ),
    Frozen(
        "rubrics_option",
        ("id", "criterion_id", "key", "value", "fail_scope", "comment_required", "position"),
        ("label", "guidance"),
        BY_CRITERION,
    ),
    Frozen("rubrics_rootcause", ("id", "criterion_id", "key", "owner", "position"), ("label",), BY_CRITERION),
)  # fmt: skip
VERSION = Frozen(
    "rubrics_rubricversion",
    (
        "id", "rubric_id", "number", "mode", "pass_mark", "card_fail_zeroes_score", "failing_dimensions",
        "excludes_foreign_causes", "created_at", "published_at",
    ),
    ("note", "edited_at", "edited_by_id", "fingerprint", "created_by_id", "published_by_id", "retired_at", "status"),
    "{row}.id",
)  # fmt: skip
BAD_STATUS = (
    "(OLD.status = 'draft' AND NEW.status = 'retired') OR (OLD.status = 'published' AND NEW.status = 'draft')"
    " OR (OLD.status = 'retired' AND NEW.status <> 'retired')"
)


def freeze(apps: Any, schema_editor: Any) -> None:
    """Create the triggers, as a step of a migration."""
    create(schema_editor.connection)


def melt(apps: Any, schema_editor: Any) -> None:
    """Drop the triggers, as a step of a migration."""
    drop(schema_editor.connection)


def create(connection: Any) -> None:
    """Create the triggers."""
    _run(connection, _sqlite() if connection.vendor == "sqlite" else _postgresql())


def drop(connection: Any) -> None:
    """Drop the triggers."""
    statements = []
    for table in (*CONTENT, VERSION):
        if connection.vendor == "sqlite":
            statements += [f"DROP TRIGGER IF EXISTS {table.table}_frozen_{what}" for what in _events(table)]
        else:
            statements += [
                f"DROP TRIGGER IF EXISTS {table.table}_frozen ON {table.table}",
                f"DROP FUNCTION IF EXISTS {table.table}_refuse()",
            ]
    if connection.vendor != "sqlite":
        statements.append("DROP FUNCTION IF EXISTS rubrics_is_frozen(bigint)")
    _run(connection, statements)


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _events(table: Frozen) -> tuple[str, ...]:
    return ("update", "delete") if table is VERSION else ("insert", "update", "delete")


def _sqlite() -> list[str]:
    statements = []
    for table in CONTENT:
        old, new = (_published(table.version.format(row=row)) for row in ("OLD", "NEW"))
        conditions = {"insert": new, "update": f"({old} OR {new}) AND ({_changed(table, 'IS NOT')})", "delete": old}
        statements += [_sqlite_trigger(table, what, conditions[what]) for what in _events(table)]
    changed = f"OLD.status <> 'draft' AND ({_changed(VERSION, 'IS NOT')})"
    statements.append(_sqlite_trigger(VERSION, "update", f"({changed}) OR {BAD_STATUS}"))
    statements.append(_sqlite_trigger(VERSION, "delete", "OLD.status <> 'draft'"))
    return statements


def _sqlite_trigger(table: Frozen, what: str, condition: str) -> str:
    return (
        f"CREATE TRIGGER {table.table}_frozen_{what} BEFORE {what.upper()} ON {table.table} FOR EACH ROW"
        f" WHEN {condition} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )


def _published(version: str) -> str:
    # Only the constants above go into this text.
    return f"EXISTS (SELECT 1 FROM rubrics_rubricversion v WHERE v.id = {version} AND v.status <> 'draft')"  # noqa: S608


def _changed(table: Frozen, differs: str) -> str:
    return " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in table.columns)


def _postgresql() -> list[str]:
    statements = [
        "CREATE FUNCTION rubrics_is_frozen(version bigint) RETURNS boolean LANGUAGE sql STABLE AS"
        " $$ SELECT EXISTS (SELECT 1 FROM rubrics_rubricversion v WHERE v.id = version AND v.status <> 'draft') $$"
    ]
    for table in CONTENT:
        old, new = (f"rubrics_is_frozen({table.version.format(row=row)})" for row in ("OLD", "NEW"))
        changed = _changed(table, "IS DISTINCT FROM")
        body = (
            f"IF TG_OP = 'INSERT' THEN IF {new} THEN {_raise()} END IF; RETURN NEW; END IF;"
            f" IF TG_OP = 'DELETE' THEN IF {old} THEN {_raise()} END IF; RETURN OLD; END IF;"
            f" IF ({old} OR {new}) AND ({changed}) THEN {_raise()} END IF; RETURN NEW;"
        )
        statements += _postgresql_trigger(table, body, "INSERT OR UPDATE OR DELETE")
    changed = f"OLD.status <> 'draft' AND ({_changed(VERSION, 'IS DISTINCT FROM')})"
    body = (
        f"IF TG_OP = 'DELETE' THEN IF OLD.status <> 'draft' THEN {_raise()} END IF; RETURN OLD; END IF;"
        f" IF ({changed}) OR {BAD_STATUS} THEN {_raise()} END IF; RETURN NEW;"
    )
    return statements + _postgresql_trigger(VERSION, body, "UPDATE OR DELETE")


def _raise() -> str:
    return f"RAISE EXCEPTION USING MESSAGE = '{MESSAGE}', ERRCODE = 'integrity_constraint_violation';"


def _postgresql_trigger(table: Frozen, body: str, events: str) -> list[str]:
    return [
        f"CREATE FUNCTION {table.table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
        f"CREATE TRIGGER {table.table}_frozen BEFORE {events} ON {table.table}"
        f" FOR EACH ROW EXECUTE FUNCTION {table.table}_refuse()",
    ]
