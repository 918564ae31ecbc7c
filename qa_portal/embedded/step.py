"""One command that runs to its end inside the family, such as building the demo company."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from qa_portal.embedded.child import LAUNCH


class Step:
    """A command whose words go straight to the terminal; its last JSON line can be kept for the very end."""

    def __init__(
        self, command: list[str], *, folder: Path, environment: dict[str, str], keep: Callable[[str], None] | None
    ) -> None:
        self.kept = ""
        self._write = keep
        self._reader: threading.Thread | None = None
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", LAUNCH, str(os.getpid()), *command],
            cwd=folder,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if keep else None,
            text=True,
        )
        if keep:
            self._reader = threading.Thread(target=self._read, daemon=True)
            self._reader.start()

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        return self._process.pid

    @property
    def is_done(self) -> bool:
        """Say whether the command has ended and everything it said was read."""
        return self._process.poll() is not None and not (self._reader and self._reader.is_alive())

    @property
    def code(self) -> int:
        """Return how the command ended; 0 is well."""
        return self._process.wait()

    def stop(self) -> None:
        """End the command; what it had committed stays."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        assert self._write is not None
        with self._process.stdout as lines:
            for line in lines:
                if self.kept:
                    self._write(self.kept)
                self.kept = line.rstrip("\n") if line.startswith("{") else ""
                if not self.kept:
                    self._write(line.rstrip("\n"))
