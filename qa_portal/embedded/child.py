"""One process of the family: started, restarted with growing pauses when it crashes, stopped in good order."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from qa_portal.embedded.output import Output

LAUNCH = str(Path(__file__).with_name("launch.py"))
LONGEST_PAUSE = 30.0
# A process that lived this long was healthy: its next crash is a first crash.
HEALTHY_AFTER = 60.0


@dataclass
class Child:
    """A command that has to run."""

    name: str
    command: list[str]
    output: Output
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path | None = None
    pass_fds: tuple[int, ...] = ()
    patience: float = 10.0
    process: subprocess.Popen[bytes] | None = None
    reader: threading.Thread | None = None
    crashes: int = 0
    start_again_at: float = 0.0
    started_at: float = 0.0

    @property
    def is_alive(self) -> bool:
        """Say whether the process runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def is_due(self) -> bool:
        """Say whether the pause after the last crash is over."""
        return time.monotonic() >= self.start_again_at

    def start(self) -> int:
        """Start the process and return its number."""
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", LAUNCH, str(os.getpid()), *self.command],
            cwd=self.folder,
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=self.pass_fds,
        )
        assert self.process.stdout is not None
        self.reader = self.output.follow(self.process.stdout)
        self.started_at = time.monotonic()
        return self.process.pid

    def note_crash(self) -> float:
        """Count a crash and return the pause in seconds before the next start."""
        lived = time.monotonic() - self.started_at
        self.crashes = 1 if lived > HEALTHY_AFTER else self.crashes + 1
        pause: float = min(2.0 ** (self.crashes - 2), LONGEST_PAUSE)
        self.start_again_at = time.monotonic() + pause
        self.process = None
        return pause

    def stop(self, *, now: bool = False) -> None:
        """Ask the process to finish what it does; kill it when that takes longer than its patience."""
        if self.process is None or self.process.poll() is not None:
            return
        if not now:
            self.process.terminate()
            try:
                self.process.wait(timeout=self.patience)
            except subprocess.TimeoutExpired:
                self.output.say(f"still busy after {self.patience:g} s: killed; its task is done again next time")
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.reader is not None:
            self.reader.join(timeout=1)  # its last words
