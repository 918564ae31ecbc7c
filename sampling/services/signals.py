"""Facts that later stages tell the sampler. Telling twice is telling once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Agent
from sampling.models import Plan, Signal
from sampling.selectors.hits import CRITICAL_ERROR
from sampling.selectors.spreads import SPREAD, subject_of


def critical_error(agent: Agent, *, now: datetime) -> None:
    """Say that a critical error of an agent became known."""
    _tell(f"agent:{agent.pk}", CRITICAL_ERROR, 1.0, now=now)


def spread(plan: Plan, label: str, points: float, *, now: datetime) -> None:
    """Say how much the scores of one class of a plan differ: S_h in points."""
    _tell(subject_of(plan, label), SPREAD, points, now=now)


@transaction.atomic
def _tell(subject: str, kind: str, value: float, *, now: datetime) -> None:
    Signal.objects.update_or_create(subject=subject, kind=kind, known_at=now, defaults={"value": value})
