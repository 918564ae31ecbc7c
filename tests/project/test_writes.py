"""Only services write. Everything else asks them, so that each change is refused, made and recorded in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project.tree import APPS, name_of, parsed, python_files

ON_ROWS = {"save", "delete", "asave", "adelete", "full_clean_and_save"}
ON_MANAGERS = {"create", "bulk_create", "bulk_update", "update", "get_or_create", "update_or_create"}
QUERIES = {"objects", "_default_manager", "_base_manager", "filter", "exclude", "all", "select_for_update", "using"}
# file: why it writes although it is no service.
EXCEPTIONS = {
    "core/audit.py": "the one place that writes the audit log",
    "accounts/models/users.py": "Django's manager contract: create_user saves",
}


def is_row_or_query(receiver: ast.expr, verb: str) -> bool:
    """Say whether a call on this receiver reaches the database, as far as the text tells."""
    names = {node.attr for node in ast.walk(receiver) if isinstance(node, ast.Attribute)}
    if names & QUERIES:
        return True
    plain = isinstance(receiver, ast.Name | ast.Attribute)
    storage = "storage" in ast.unparse(receiver) or "cache" in ast.unparse(receiver)
    return verb in ON_ROWS and plain and not storage


def writes(path: Path) -> Iterator[str]:
    """Yield each call that writes rows."""
    modules = {alias.asname or alias.name for node in ast.walk(parsed(path)) for alias in imports_of_modules(node)}
    for node in ast.walk(parsed(path)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        verb = node.func.attr
        asks_a_service = ast.unparse(node.func.value) in modules
        if verb in ON_ROWS | ON_MANAGERS and not asks_a_service and is_row_or_query(node.func.value, verb):
            yield f"{name_of(path)}:{node.lineno} {ast.unparse(node.func)}(…)"


def imports_of_modules(node: ast.AST) -> list[ast.alias]:
    """Return what a statement imports from a package of services: `drafting` in `drafting.save(…)`."""
    return node.names if isinstance(node, ast.ImportFrom) and "services" in (node.module or "").split(".") else []


def outside_services() -> list[Path]:
    return [
        path
        for path in python_files()
        if not {"services", "services.py"} & set(path.parts) and name_of(path).split("/")[0] in (*APPS, "qa_portal")
    ]


def test_only_services_write() -> None:
    found = [line for path in outside_services() if name_of(path) not in EXCEPTIONS for line in writes(path)]

    assert found == []


def test_each_exception_still_exists_and_still_writes() -> None:
    by_name = {name_of(path): path for path in outside_services()}

    assert [name for name in EXCEPTIONS if name not in by_name or not list(writes(by_name[name]))] == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Review.objects.create(x=1)", True),
        ("Review.objects.filter(pk=1).update(x=1)", True),
        ("review.save()", True),
        ("self.plan.delete()", True),
        ("query.select_for_update().get().delete()", True),
        ("values.update(x=1)", False),
        ("default_storage.delete(name)", False),
        ("cache.delete('key')", False),
    ],
)
def test_a_write_is_told_from_what_only_looks_like_one(line: str, found: bool) -> None:
    call = ast.parse(line, mode="eval").body
    assert isinstance(call, ast.Call)
    assert isinstance(call.func, ast.Attribute)

    assert is_row_or_query(call.func.value, call.func.attr) is found
