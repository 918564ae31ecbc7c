"""The SQL that keeps a submitted review's scores and answers as they were submitted.

A revision and its answers are written once, when a review is submitted or revised, and never again: every change of
score is a new revision. So the database itself refuses to change or delete them, whoever asks. One thing stays
possible on purpose: the reason of a revision is free text, so it can be redacted when personal data is erased.

SQLite drops a table's triggers when Django rebuilds the table. A later migration that alters one of these tables runs
``melt`` before and ``freeze`` after it; tests/reviews/test_immutability.py fails when one is forgotten.
"""

from __future__ import annotations

from typing import Any, NamedTuple

MESSAGE = "A submitted review never changes; every change of score is a new revision."


DECIDED = "A decided point of a dispute never changes; what follows it is another dispute."


class Frozen(NamedTuple):
    """One table, its frozen columns, and those that personal data can be redacted in.

    The columns in `once` are frozen too as soon as the column `since` holds something.
    """

    table: str
    columns: tuple[str, ...]
    redacted: tuple[str, ...]
    once: tuple[str, ...] = ()
    since: str = ""
    message: str = MESSAGE


TABLES = (
    Frozen(
        "reviews_revision",
        (
            "id", "review_id", "number", "author_id", "created_at", "raw_score", "final_score", "outcome", "failed_by",
            "coverage", "bonus", "section_scores", "skill_scores", "errors",
        ),
        ("reason",),
    ),
    Frozen(
        "reviews_answer",
        ("id", "revision_id", "criterion_id", "state", "option_id", "root_cause_id", "value"),
        (),
    ),
)  # fmt: skip
# What a review rests on, and what was decided about it.
GROUNDS = (
    Frozen(
        "reviews_pin",
        (
            "id", "review_id", "revision_id", "criterion_id", "transcript_id", "message_index", "message_hash", "start",
            "end",
        ),
        (),
    ),
    Frozen(
        "reviews_disputedpoint",
        ("id", "dispute_id", "criterion_id", "proposed_id", "proposes_not_applicable"),
        ("reason", "rationale"),
        once=("decision", "option_id", "not_applicable"),
        since="decision",
        message=DECIDED,
    ),
)  # fmt: skip


def freeze(apps: Any, schema_editor: Any) -> None:
    """Create the triggers, as a step of a migration."""
    for table in (*TABLES, *GROUNDS):
        _run(schema_editor, _sqlite(table) if schema_editor.connection.vendor == "sqlite" else _postgresql(table))


def melt(apps: Any, schema_editor: Any) -> None:
    """Drop the triggers, as a step of a migration."""
    for table in (*TABLES, *GROUNDS):
        if schema_editor.connection.vendor == "sqlite":
            _run(schema_editor, [f"DROP TRIGGER IF EXISTS {table.table}_frozen_{what}" for what in ("update", "delete")])
        else:
            statements = [
                f"DROP TRIGGER IF EXISTS {table.table}_frozen ON {table.table}",
                f"DROP FUNCTION IF EXISTS {table.table}_refuse()",
            ]
            _run(schema_editor, statements)


def _run(schema_editor: Any, statements: list[str]) -> None:
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _changed(table: Frozen, differs: str) -> str:
    always = [f'OLD."{column}" {differs} NEW."{column}"' for column in table.columns]
    later = [f"OLD.{table.since} <> '' AND OLD.\"{column}\" {differs} NEW.\"{column}\"" for column in table.once]
    return " OR ".join([*always, *(f"({condition})" for condition in later)])


def _sqlite(table: Frozen) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table.message}'); END"
    when = _changed(table, "IS NOT")
    name = f"{table.table}_frozen"
    return [
        f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {table.table} FOR EACH ROW WHEN {when} {refuse}",
        f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table.table} FOR EACH ROW {refuse}",
    ]


def _postgresql(table: Frozen) -> list[str]:
    # jsonb has an equality, so IS DISTINCT FROM works for every column.
    changed = _changed(table, "IS DISTINCT FROM")
    refuse = f"RAISE EXCEPTION USING MESSAGE = '{table.message}', ERRCODE = 'integrity_constraint_violation';"
    body = f"IF TG_OP = 'DELETE' OR {changed} THEN {refuse} END IF; RETURN NEW;"
    return [
        f"CREATE FUNCTION {table.table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
        f"CREATE TRIGGER {table.table}_frozen BEFORE UPDATE OR DELETE ON {table.table}"
        f" FOR EACH ROW EXECUTE FUNCTION {table.table}_refuse()",
    ]
