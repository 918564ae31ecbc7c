"""Bring the database and the static files to the state that this code expects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def prepare_database(say: Callable[[str], None]) -> None:
    """Apply the migrations that are missing."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"Preparing the database ({len(plan)} steps) …")
        call_command("migrate", interactive=False, verbosity=0)
    connection.close()


def prepare_static_files(say: Callable[[str], None]) -> None:
    """Collect the static files where only collected ones are served, and only when one of them changed."""
    if settings.WHITENOISE_USE_FINDERS:
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        return
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists() or manifest.stat().st_mtime < newest_static_file():
        say("Collecting the static files …")
        call_command("collectstatic", interactive=False, verbosity=0)


def newest_static_file() -> float:
    """Return when the youngest static file was written."""
    found = (Path(storage.path(name)) for finder in finders.get_finders() for name, storage in finder.list([]))
    return max((path.stat().st_mtime for path in found), default=0.0)
