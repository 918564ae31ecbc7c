"""Ask the database whether custom fields hold: SQLite calls `holds`, PostgreSQL says the same in its own words."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from django.db.models import BooleanField, Func, Model, QuerySet

from conversations import custom_fields
from conversations.custom_fields import COMPARE_NUMBERS, HAS, IS, IS_NOT, LACKS, Question

M = TypeVar("M", bound=Model)
PLAIN = "jsonb_typeof(x) IN ('string', 'number', 'boolean')"
BARE = "btrim(x #>> '{}', %s::text)"


def asking(rows: QuerySet[M], asked: Iterable[Question], *, column: str = "metadata") -> QuerySet[M]:
    """Keep the rows whose custom fields answer every question with yes."""
    for one in asked:
        rows = rows.filter(Holds(column, one))
    return rows


class Holds(Func):
    """Whether one question to the custom fields is answered with yes."""

    function = "qa_custom_field_holds"
    output_field = BooleanField()
    conditional = True

    def __init__(self, column: str, asked: Question) -> None:
        super().__init__(column)
        self.asked = asked

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> Any:
        """Call the pure function, which the connection has to know."""
        connection.ensure_connection()
        connection.connection.create_function(self.function, 4, _holds, deterministic=True)
        column, given = compiler.compile(self.source_expressions[0])
        return f"{self.function}({column}, %s, %s, %s)", [*given, *_whole(self.asked)]

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:
        """Look the field up, by its whole name before its path, and compare each of its entries."""
        column, given = compiler.compile(self.source_expressions[0])
        down = "".join(" -> %s::text" for _ in self.asked.path)
        field = f"CASE WHEN jsonb_exists({column}, %s::text) THEN {column} -> %s::text ELSE {column}{down} END"
        values = [*given, self.asked.name, *given, self.asked.name, *given, *self.asked.path]
        listed = "CASE jsonb_typeof(f) WHEN 'array' THEN f ELSE jsonb_build_array(f) END"
        entries = f"SELECT {listed} FROM (SELECT {field} AS f) q"  # noqa: S608  values are bound
        test, compared = _test(self.asked)
        negated = "NOT " if self.asked.how in (LACKS, IS_NOT) else ""
        sql = f"{negated}EXISTS (SELECT 1 FROM jsonb_array_elements(({entries})) AS e(x) WHERE {test})"  # noqa: S608  values are bound
        return sql, [*values, *compared]


def _test(asked: Question) -> tuple[str, list[Any]]:
    """Return what one entry x has to be."""
    if asked.how in (HAS, LACKS):
        bare = f"{PLAIN} AND {BARE} <> ''"
        return f"({bare} OR jsonb_typeof(x) IN ('array', 'object') AND x NOT IN ('[]', '{{}}'))", [custom_fields.BLANKS]
    number = custom_fields.as_number(asked.value)
    if asked.how in COMPARE_NUMBERS:
        is_number = f"jsonb_typeof(x) = 'number' OR jsonb_typeof(x) = 'string' AND {BARE} ~ %s"
        sql = f"CASE WHEN {is_number} THEN ({BARE})::numeric {asked.how} %s::numeric ELSE FALSE END"
        return sql, [custom_fields.BLANKS, custom_fields.NUMBER, custom_fields.BLANKS, number]
    text = asked.value.strip()
    values: list[Any]
    sql, values = f"lower({BARE}) IN (lower(%s::text), %s::text)", [custom_fields.BLANKS, text, text.casefold()]
    if number is not None:
        sql = f"CASE WHEN jsonb_typeof(x) = 'number' THEN (x #>> '{{}}')::numeric = %s::numeric ELSE {sql} END"
        values = [number, *values]
    assert asked.how in (IS, IS_NOT)
    return f"({PLAIN} AND {sql})", values


def _whole(asked: Question) -> tuple[str, str, str]:
    return asked.name, asked.how, asked.value


def _holds(metadata: str | None, name: str, how: str, value: str) -> bool:
    try:
        found = msgspec.json.decode(metadata or "{}")
    except msgspec.DecodeError:  # of another hand than an import
        found = {}
    return custom_fields.holds(_asked(name, how, value), found)


@lru_cache(maxsize=256)
def _asked(name: str, how: str, value: str) -> Question:
    return Question(name, how, value)
