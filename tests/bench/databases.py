"""Databases to measure on: thrown away afterwards, but as durable meanwhile as those of an installation."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
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

    def place(self, name: str) -> Place:
        """Make an empty database with the product's tables in it."""
        folder = self.folder / name
        folder.mkdir()
        made = Place(self.database, self._url(name, folder), folder)
        made.run("manage.py", "migrate", "--verbosity", "0")
        return made

    def _url(self, name: str, folder: Path) -> str:
        if self.database == "sqlite":
            return f"sqlite:///{folder / 'bench.sqlite3'}"
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))


@contextmanager
def server(database: str) -> Iterator[Server]:
    """Start the kind of database that is asked for, with its data in the system's temporary folder."""
    with tempfile.TemporaryDirectory(prefix="qa-bench-", ignore_cleanup_errors=True) as folder:
        if database == "sqlite":
            yield Server(database, folder=Path(folder))
            return
        with postgres.server(durable=True) as url:
            yield Server(database, folder=Path(folder), url=url)


def chosen(parser: argparse.ArgumentParser, arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line of a benchmark; `databases` lists what it shall run on."""
    parser.add_argument("--database", choices=["both", *NAMES], default="both", help="measure on which (default: both)")
    options = parser.parse_args(arguments)
    options.databases = NAMES if options.database == "both" else (options.database,)
    return options
