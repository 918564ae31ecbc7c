"""Bring the words of several processes together: each line with the name of who said it, and a file for each."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO

Write = Callable[[str], None]
KEPT_LINES = 30


class Output:
    """What one process said: in its log file, on the terminal if wanted, and the last lines at hand."""

    def __init__(self, name: str, *, folder: Path, write: Write | None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.prefix = f"{name:<6} │ "
        self.last: deque[str] = deque(maxlen=KEPT_LINES)
        self._write = write
        self._file = (folder / f"{name}.log").open("w", encoding="utf-8", buffering=1)

    def follow(self, stream: IO[bytes]) -> threading.Thread:
        """Read a process's lines in the background until it closes them."""
        thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        thread.start()
        return thread

    def _read(self, stream: IO[bytes]) -> None:
        with stream:
            for raw in stream:
                self.say(raw.decode("utf-8", errors="replace").rstrip("\n"))

    def close(self) -> None:
        """Close the log file."""
        self._file.close()

    def say(self, line: str) -> None:
        """Take one line."""
        self.last.append(line)
        self._file.write(line + "\n")
        if self._write is not None:
            self._write(self.prefix + line)
