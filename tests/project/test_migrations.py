"""Migrations: none is missing, each has a name that says what for, and each can be undone."""

from __future__ import annotations

import ast

import pytest
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

from tests.project.tree import APPS, PACKAGES, ROOT, name_of, parsed

LOADER = MigrationLoader(None)
OURS = {key: migration for key, migration in sorted(LOADER.disk_migrations.items()) if key[0] in APPS}
FILES = sorted(path for app in APPS for path in (ROOT / app / "migrations").glob("0*.py"))


def test_no_migration_is_missing() -> None:
    detector = MigrationAutodetector(LOADER.project_state(), ProjectState.from_apps(apps))

    changes = detector.changes(graph=LOADER.graph)

    assert {app: [step.describe() for m in found for step in m.operations] for app, found in changes.items()} == {}


@pytest.mark.parametrize("migration", OURS.values(), ids=str)
def test_a_migration_is_named_by_a_person(migration: Migration) -> None:
    number, _, words = migration.name.partition("_")

    assert (number == "0001" and words == "initial") or words not in {migration.suggest_name(), ""}


@pytest.mark.parametrize("migration", OURS.values(), ids=str)
def test_a_migration_can_be_undone(migration: Migration) -> None:
    assert [step.describe() for step in migration.operations if not step.reversible] == []


def test_no_migration_imports_an_app() -> None:
    imports = {
        f"{name_of(path)}: {name}"
        for path in FILES
        for node in ast.walk(parsed(path))
        for name in imported(node)
        if name.split(".")[0] in PACKAGES and ".migrations" not in name
    }

    assert sorted(imports) == []


def imported(node: ast.AST) -> list[str]:
    """Return the modules that a statement imports."""
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
