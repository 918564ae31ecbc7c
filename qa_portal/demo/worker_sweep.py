"""The last coaching sweep goes through the real queue: enqueue the product's own task, and watch what it writes."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from coaching import weeks
from coaching.models import Look, Plan
from coaching.policies import OPEN_PER_AGENT
from coaching.tasks import sweep_coaching
from core.queueing import enqueue

PATIENCE = 60.0
PAUSE = 0.2


class NoWorker(Exception):
    """Nobody took the sweep; the sentence says what to start."""


def sweep_by_worker(*, now: datetime, pause: Callable[[float], None] = time.sleep) -> None:
    """Enqueue the weekly sweep and wait until a worker has run the looks and made the proposals they ask for."""
    enqueue(sweep_coaching)
    deadline = time.monotonic() + PATIENCE
    while not is_swept(now=now):
        if time.monotonic() > deadline:
            raise NoWorker(
                "No background worker ran the coaching sweep within a minute. Start everything with script/demo, "
                "or start a worker beside this command: celery -A qa_portal worker -Q ingest,default,insight"
            )
        pause(PAUSE)


def is_swept(*, now: datetime) -> bool:
    """Say whether the looks of the newest complete week are there, and nothing that they ask for is missing."""
    newest = weeks.last_complete(now)
    if not Look.objects.filter(week=newest).exists():
        return False
    asked = Look.objects.filter(state=Look.State.OPENED, week__gte=weeks.shifted(newest, -1))
    return all(_is_answered(look) for look in asked)


def _is_answered(look: Look) -> bool:
    open_plans = Plan.objects.open().filter(agent=look.agent_id)
    return open_plans.filter(skill=look.skill_id).exists() or open_plans.count() >= OPEN_PER_AGENT
