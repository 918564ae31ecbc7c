"""The command lines of the web server and of the worker."""

from __future__ import annotations

import sys
from pathlib import Path

QUEUES = ("ingest", "default", "insight")


def web(*, listener: int, processes: int, shows_requests: bool) -> list[str]:
    """Return gunicorn on a socket that is already open."""
    command = [
        *(sys.executable, "-m", "gunicorn", "qa_portal.wsgi"),
        *("--bind", f"fd://{listener}"),
        *("--workers", str(processes)),
        *("--threads", "8"),
        *("--graceful-timeout", "5"),
        "--no-control-socket",
    ]
    return [*command, "--access-logfile", "-"] if shows_requests else command


def clock(*, folder: Path) -> list[str]:
    """Return Celery's clock. Inside the worker it would outlive a killed one, and nobody would know it."""
    command = (sys.executable, "-m", "celery", "--quiet", "-A", "qa_portal", "beat", "--pidfile", "")
    return [*command, "--schedule", str(folder / "beat-schedule"), "--loglevel", "INFO"]


def worker(*, name: str) -> list[str]:
    """Return one Celery worker for all queues."""
    return [
        # The demo's first visitor may well be root in a container; the tasks come as JSON, which is why that is safe.
        *(sys.executable, "-W", "ignore:You're running the worker with superuser privileges"),
        *("-m", "celery", "--quiet", "-A", "qa_portal", "worker"),
        *("--queues", ",".join(QUEUES)),
        *("--concurrency", "2"),
        *("--hostname", name),
        *("--loglevel", "INFO"),
        # Nobody else is there to gossip with; without them it is ready a second earlier.
        "--without-gossip",
        "--without-mingle",
    ]
