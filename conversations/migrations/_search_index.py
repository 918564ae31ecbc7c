"""The SQL of the index over the words that are searched for.

SQLite: an FTS5 table that reads the words from conversations_searchtext and is kept equal by triggers, so that whatever
deletes a row (a cascade, an erasure) takes its words out of the index as well. PostgreSQL: a tsvector of the words as
they are, no parser, no dictionary, no positions, which the database makes by itself, and a GIN index over it. It is
stored, because making it anew for every row took 3 s where 10,000 conversations matched. It stays far below the 1 MB
that a tsvector may have: 200 kB of text make at most 470 kB of words.

SQLite drops a table's triggers when Django rebuilds the table. A later migration that alters SearchText runs
``lower_index`` before and ``raise_index`` after it; tests/conversations/test_search_index.py fails when one is forgotten.
"""

from __future__ import annotations

from typing import Any

# ruff: noqa: S608  every name is written here
TABLE = "conversations_searchtext"
INDEX = "conversations_searchindex"
# The words hold nothing but letters, digits, spaces and the "_" between messages, all folded already.
TOKENIZER = "ascii tokenchars '_'"
VECTOR = "array_to_tsvector(string_to_array(btrim(words), ' '))"
# From this version on, deleted words leave the index at once and not when its parts are merged.
SECURE_DELETE = (3, 42, 0)
_REMOVE = f"INSERT INTO {INDEX}({INDEX}, rowid, words) VALUES ('delete', OLD.conversation_id, OLD.words);"
_ADD = f"INSERT INTO {INDEX}(rowid, words) VALUES (NEW.conversation_id, NEW.words);"


def raise_index(apps: Any, schema_editor: Any) -> None:
    """Create the index over what is in the table, as a step of a migration."""
    connection = schema_editor.connection
    if connection.vendor != "sqlite":
        column = f"ALTER TABLE {TABLE} ADD COLUMN vector tsvector GENERATED ALWAYS AS ({VECTOR}) STORED"
        _run(connection, [column, f"CREATE INDEX {INDEX} ON {TABLE} USING gin (vector)"])
        return
    statements = [
        f"CREATE VIRTUAL TABLE {INDEX} USING fts5("
        f"words, content='{TABLE}', content_rowid='conversation_id', tokenize=\"{TOKENIZER}\")",
        f"CREATE TRIGGER {INDEX}_add AFTER INSERT ON {TABLE} BEGIN {_ADD} END",
        f"CREATE TRIGGER {INDEX}_remove AFTER DELETE ON {TABLE} BEGIN {_REMOVE} END",
        f"CREATE TRIGGER {INDEX}_change AFTER UPDATE ON {TABLE} BEGIN {_REMOVE} {_ADD} END",
        f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')",
    ]
    if connection.Database.sqlite_version_info >= SECURE_DELETE:
        statements.append(f"INSERT INTO {INDEX}({INDEX}, rank) VALUES ('secure-delete', 1)")
    _run(connection, statements)


def lower_index(apps: Any, schema_editor: Any) -> None:
    """Drop the index, as a step of a migration."""
    connection = schema_editor.connection
    if connection.vendor != "sqlite":
        _run(connection, [f"DROP INDEX IF EXISTS {INDEX}", f"ALTER TABLE {TABLE} DROP COLUMN IF EXISTS vector"])
        return
    triggers = [f"DROP TRIGGER IF EXISTS {INDEX}_{what}" for what in ("add", "remove", "change")]
    _run(connection, [*triggers, f"DROP TABLE IF EXISTS {INDEX}"])


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
