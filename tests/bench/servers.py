"""The production web server with the product or with a floor in it, on a loopback port of its own."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.databases import ROOT, Place

PRODUCT, SKELETON, BARE = "qa_portal.wsgi", "tests.bench.skeleton_wsgi", "tests.bench.bare"
PROCESSES = 2
PATIENCE = 180.0


@dataclass
class Web:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]
    boot_seconds: float
    log: Path

    def memory_mb(self) -> float:
        """Return the resident memory of the largest web process."""
        return max(_resident(pid) for pid in _children(self.process.pid)) / 1024

    def peak_mb(self) -> float:
        """Return the most that a web process has ever held."""
        return max(_resident(pid, "VmHWM") for pid in _children(self.process.pid)) / 1024

    def cpu_seconds(self) -> float:
        """Return the processor time that all web processes have used so far."""
        return sum(_processor_time(pid) for pid in _children(self.process.pid))


@contextmanager
def web(place: Place, application: str, *, processes: int = PROCESSES) -> Iterator[Web]:
    """Start gunicorn as script/serve does, wait until it answers, and stop it at the end."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    log = place.folder / f"{application}.log"
    began = time.perf_counter()
    with log.open("ab") as output:
        process = subprocess.Popen(
            command(application, port=port, processes=processes),
            cwd=ROOT, env=place.environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        wait_until_it_answers(port, process, log)
        yield Web(port, process, time.perf_counter() - began, log)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def command(application: str, *, port: int, processes: int) -> list[str]:
    """Return the command line of script/serve, on loopback."""
    return [
        *(sys.executable, "-m", "gunicorn", application, "--config", "deploy/gunicorn.conf.py", "--no-control-socket"),
        *("--bind", f"127.0.0.1:{port}", "--workers", str(processes)),
    ]


def wait_until_it_answers(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Ask again and again; say what the server said when it does not come up."""
    pause, end = threading.Event(), time.monotonic() + PATIENCE
    while not answers(port):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"the web server did not start:\n{log.read_text(errors='replace')[-3000:]}")
        pause.wait(0.02)


def answers(port: int) -> bool:
    """Say whether the server answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


def _resident(pid: int, name: str = "VmRSS") -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def _processor_time(pid: int) -> float:
    """Return the seconds that all threads of a process have spent on a processor, to the nanosecond."""
    return sum(nanoseconds(thread) for thread in Path(f"/proc/{pid}/task").iterdir()) / 1e9


def nanoseconds(thread: Path) -> int:
    """Return the processor time of a thread or process so far."""
    try:
        return int((thread / "schedstat").read_text().split()[0])
    except FileNotFoundError:  # it ended meanwhile
        return 0
