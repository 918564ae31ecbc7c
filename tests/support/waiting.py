"""Wait for another process: look again until it is so, never sleep a fixed time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest


def until(condition: Callable[[], bool], *, what: str, seconds: float = 60, tell: Callable[[], str] = str) -> None:
    """Return as soon as the condition holds; fail with its words, and what there is to tell, when it does not."""
    pause = threading.Event()
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"waited {seconds:g} s for: {what}\n{tell()}", pytrace=False)
        pause.wait(0.05)
