"""Remember which processes belong together: one family a folder, and a killed one leaves nothing behind."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any

from qa_portal.embedded import processes


class AlreadyRunning(Exception):
    """Another supervisor lives in this folder."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class Family:
    """A lock that the system drops when its holder dies, and a record of the holder's children."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.record_file = folder / "family.json"
        self.url = ""
        self.members: dict[str, tuple[int, str]] = {}
        self._lock: int | None = None

    def claim(self) -> list[str]:
        """Become the one family of this folder; end what a killed one left, and return the names."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            self._lock = None
            raise AlreadyRunning(self._read().get("url", "")) from None
        return self._end_leftovers()

    def remember(self, name: str, pid: int) -> None:
        """Write down a child, so that the next family can end it if this one is killed."""
        self.members[name] = (pid, processes.started(pid))
        self._write()

    def set_url(self, url: str) -> None:
        """Write down where the family answers."""
        self.url = url
        self._write()

    def release(self) -> None:
        """Forget everything: all children have ended."""
        self.record_file.unlink(missing_ok=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _end_leftovers(self) -> list[str]:
        found = []
        for name, (pid, start) in self._read().get("members", {}).items():
            if processes.is_same(pid, start):
                processes.end(pid, start)
                found.append(name)
        self.record_file.unlink(missing_ok=True)
        return found

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.record_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self) -> None:
        # Replaced whole: a kill in the middle leaves the old record, never half of one.
        draft = self.record_file.with_suffix(".new")
        draft.write_text(json.dumps({"url": self.url, "members": self.members}), encoding="utf-8")
        draft.replace(self.record_file)
