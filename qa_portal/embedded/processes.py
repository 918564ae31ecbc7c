"""Know a process again by its number and its start, and end one that was left over."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path


def started(pid: int) -> str:
    """Return when a living process started, as the system writes it; empty when there is none."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            # The name in brackets may hold spaces; state is the 1st field after it, the start is the 20th.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] == "Z" else fields[19]
    answer = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def is_same(pid: int, start: str) -> bool:
    """Say whether the process still lives: numbers are used again, a number with its start is not."""
    return bool(start) and started(pid) == start


def end(pid: int, start: str, *, patience: float = 5) -> None:
    """Ask a process to stop; kill it when it has not after `patience` seconds."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            if is_same(pid, start):
                os.kill(pid, how)
        until = time.monotonic() + patience
        while is_same(pid, start) and time.monotonic() < until:
            time.sleep(0.05)
