"""The last coaching sweep goes through the real queue: enqueue the product's own task, and watch what it writes."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from django.db.models import Max

from coaching import weeks
from coaching.models import Look, Plan
from coaching.policies import OPEN_PER_AGENT
from coaching.tasks import sweep_coaching, sweep_outcomes
from core.queueing import enqueue
from reviews.models import Review

PATIENCE = 60.0
PAUSE = 0.2


class NoWorker(Exception):
    """Nobody took the sweep; the sentence says what to start."""


def sweep_by_worker(*, now: datetime, patience: float = PATIENCE, pause: Callable[[float], None] = time.sleep) -> None:
    """Enqueue the weekly sweep and wait until a worker has run the looks and made the proposals they ask for.

    What came of plans and programmes is measured after it, while the visitor looks around.
    """
    since = Look.objects.aggregate(newest=Max("week"))["newest"] or ""
    enqueue(sweep_coaching)
    deadline = time.monotonic() + patience
    while not is_swept(since=since, now=now):
        if time.monotonic() > deadline:
            raise NoWorker(
                "No background worker ran the coaching sweep in time. Start everything with script/demo, "
                "or start a worker beside this command: celery -A qa_portal worker -Q ingest,default,insight"
            )
        pause(PAUSE)
    enqueue(sweep_outcomes)


def is_swept(*, since: str, now: datetime) -> bool:
    """Say whether the newest complete week was looked at, and every look after `since` that asks for a plan has one."""
    looked_at, before = _skills(weeks.last_complete(now)), _skills(since)
    if not looked_at:
        return not Review.objects.published().exists()
    if looked_at < before:
        return False  # a sweep commits skill by skill; it is in the middle of the newest week
    asked = Look.objects.filter(state=Look.State.OPENED, week__gt=since)
    return all(_is_answered(look) for look in asked)


def _skills(week: str) -> int:
    return Look.objects.filter(week=week).values("skill").distinct().count()


def _is_answered(look: Look) -> bool:
    open_plans = Plan.objects.open().filter(agent=look.agent_id)
    return open_plans.filter(skill=look.skill_id).exists() or open_plans.count() >= OPEN_PER_AGENT
