"""Keep the children running until somebody asks to stop; then stop them in the order in which they need each other."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from qa_portal.embedded.child import Child
from qa_portal.embedded.family import Family

TICK = 0.1


class StopAsked(Exception):
    """Ctrl-C, or a polite kill."""


class DoesNotStart(Exception):
    """A child crashed again and again before it was ready; the sentence holds its last lines."""


class Supervisor:
    """Watch over children. Works in the main thread; signals only set a flag."""

    def __init__(self, *, family: Family, say: Callable[[str], None]) -> None:
        self.family = family
        self.say = say
        self.children: list[Child] = []
        self._asked = threading.Event()
        self._times_asked = 0

    def add(self, child: Child) -> Child:
        """Start a child and keep it running from now on."""
        self.children.append(child)
        self._start(child)
        return child

    def watch(self, *, until: Callable[[], bool], patience: int | None = None) -> None:
        """Return when `until` holds; meanwhile start again what crashes.

        Raise StopAsked when asked to stop, and DoesNotStart when a child crashed `patience` times in a row.
        """
        while not self._asked.is_set():
            for child in self.children:
                self._tend(child, patience=patience)
            if until():
                return
            self._asked.wait(TICK)
        raise StopAsked

    def stop(self) -> None:
        """Stop the children, the last one first; at once when asked a second time."""
        for child in reversed(self.children):
            child.stop(now=self._times_asked > 1)

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Turn Ctrl-C, kill and a closed terminal into a request to stop."""
        names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {name: signal.signal(name, self._ask) for name in names}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._times_asked += 1
        self._asked.set()
        if self._times_asked > 1:
            for child in self.children:
                if child.process is not None:
                    child.process.kill()

    def _start(self, child: Child) -> None:
        self.family.remember(child.name, child.start())

    def _tend(self, child: Child, *, patience: int | None) -> None:
        if child.is_alive:
            return
        if child.process is None:
            if child.is_due:
                self._start(child)
            return
        code = child.process.returncode
        pause = child.note_crash()
        if patience is not None and child.crashes >= patience:
            words = "\n".join(child.output.last)
            raise DoesNotStart(f"{child.name} stopped {child.crashes} times before it was ready. It said:\n{words}")
        self.say(f"{child.name} ended unexpectedly (code {code}); starting it again in {pause:g} s.")
