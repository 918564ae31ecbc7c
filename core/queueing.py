"""Hand work to the background: after commit, and a dead broker costs minutes, never an error page."""

from __future__ import annotations

import logging
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

from core.request_ids import current_request_id

# The header in which a task is told which request asked for it.
REQUEST_ID = "request_id"
logger = logging.getLogger(__name__)


def enqueue(task: Task, *args: Any) -> None:
    """Queue a task once the transaction commits; the sweep does the work later if the broker is away."""
    transaction.on_commit(lambda: _send(task, args))


def _send(task: Task, args: tuple[Any, ...]) -> None:
    try:
        task.apply_async(args, headers={REQUEST_ID: current_request_id()})
    except (OperationalError, ConnectionError, OSError) as error:
        logger.warning("Broker away, %s waits for the sweep: %s", task.name, error)
