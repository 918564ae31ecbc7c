"""A migrated database is made once and copied: to run every migration takes longer than a hundred tests.

It is known by the content of the migrations, so a changed one makes a new database. SQLite's lies in var/test-databases
and serves later runs too; PostgreSQL's stands beside the test databases for as long as the server keeps it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import django
import pytest
from django.db import connection

from tests.support.background import ROOT, database_url

FOLDER = ROOT / "var" / "test-databases"
BEGUN = pytest.StashKey[subprocess.Popen[bytes]]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin to make it while the processes that will ask for it still look for their tests."""
    is_one_of_many = hasattr(config, "workerinput")
    if getattr(config.option, "numprocesses", None) and not is_one_of_many and not config.option.collectonly:
        command = [sys.executable, "-m", "tests.support.migrated"]
        config.stash[BEGUN] = subprocess.Popen(command, cwd=ROOT, start_new_session=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let nothing go on that no test has asked for."""
    begun = config.stash.get(BEGUN, None)
    if begun is not None and begun.poll() is None:
        os.killpg(begun.pid, signal.SIGKILL)
        begun.wait()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any) -> None:
    """Begin with a migrated database."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        copy_to(Path(values["TEST"]["NAME"]))
    else:
        with django_db_blocker.unblock():
            values["TEST"]["TEMPLATE"] = _on_postgresql()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Let Django take the SQLite file that was copied to its place; its folder goes with the process."""
    return connection.vendor == "sqlite"


def copy_to(path: Path) -> None:
    """Put a migrated SQLite database there; what stands in its journal comes along."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(_sqlite_file())) as made, closing(sqlite3.connect(path)) as copy:
        made.backup(copy)


def _sqlite_file() -> Path:
    made = FOLDER / f"{_fingerprint()}.sqlite3"
    with _alone("sqlite"):
        if not made.exists():
            half = made.with_suffix(".half")
            half.unlink(missing_ok=True)
            _migrate(f"sqlite:///{half}")
            for older in FOLDER.glob("*.sqlite3*"):
                older.unlink()
            half.replace(made)
    return made


def _on_postgresql() -> str:
    made = f"test_migrated_{_fingerprint()}"
    half = f"{made}_half"
    with _alone("postgresql"), connection._nodb_cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [made])
        if cursor.fetchone() is None:
            cursor.execute(f"DROP DATABASE IF EXISTS {half}")
            cursor.execute(f"CREATE DATABASE {half}")
            _migrate(database_url(half))
            cursor.execute(f"ALTER DATABASE {half} RENAME TO {made}")
    return made


def _fingerprint() -> str:
    """Return what a migrated database depends on: every migration of ours, and the versions of the others."""
    content = hashlib.sha256(django.get_version().encode())
    for path in [ROOT / "requirements.txt", *sorted(ROOT.glob("*/migrations/*.py"))]:
        content.update(path.read_bytes())
    return content.hexdigest()[:12]


def _migrate(url: str) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    around = os.environ | {"DATABASE_URL": url, "QA_VAR": str(FOLDER), "REDIS_URL": ""}
    subprocess.run(command, cwd=ROOT, env=around, check=True)


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Let one process of this checkout make the database while the others wait for it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Make it unless it is there."""
    django.setup()
    if connection.vendor == "sqlite":
        _sqlite_file()
    else:
        _on_postgresql()


if __name__ == "__main__":
    main()
