"""The product's settings for processes that a test disturbs: one stops where the test says, or its clock is set back.

Both are told by files in the var folder (`tests.support.house` writes them), so that a process which runs already
learns of them. Without those files it is the product as it is.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from qa_portal.settings import *  # noqa: F403
from qa_portal.settings import VAR

STOP_BEFORE, STOPPED, CLOCK_BACK = VAR / "stop-before", VAR / "stopped", VAR / "clock-back"


def _stop(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    """Stop this process in front of the statement it was told of: exactly one of all that come to it, once."""
    if STOP_BEFORE.exists() and sql.startswith(STOP_BEFORE.read_text()):
        try:
            STOP_BEFORE.unlink()
        except FileNotFoundError:  # another one stops
            return execute(sql, *rest)
        STOPPED.write_text(str(os.getpid()))
        os.kill(os.getpid(), signal.SIGSTOP)
    return execute(sql, *rest)


def _watch(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    if _stop not in connection.execute_wrappers:
        connection.execute_wrappers.append(_stop)


connection_created.connect(_watch, dispatch_uid="disturbed")
if CLOCK_BACK.exists():
    back = timedelta(seconds=float(CLOCK_BACK.read_text()))
    time_machine.travel(datetime.now(UTC) - back, tick=True).start()
