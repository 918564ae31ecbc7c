"""The background jobs of an import: fetching its file, reading it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from conversations.models import ImportRun
from core.models import Job
from core.services import jobs

READING = "import_conversations"
FETCHING = "fetch_import"


def reading(run: ImportRun, *, by: Any, now: datetime) -> Job:
    """Write down that the file of a run waits for a reader."""
    return jobs.create(READING, by=by, now=now, total=run.size, unit="bytes")


def fetching(*, by: Any, now: datetime) -> Job:
    """Write down that a file waits to be fetched; its size is not known yet."""
    return jobs.create(FETCHING, by=by, now=now, unit="bytes")
