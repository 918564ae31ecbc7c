"""Background work of coaching: each task is one service call."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from coaching.services import outcomes, sweep


@shared_task
def sweep_coaching() -> None:
    """Run the weekly looks that are due and propose plans."""
    sweep.sweep(now=timezone.now())


@shared_task
def sweep_outcomes() -> None:
    """Measure the plans whose follow-up reviews are in."""
    outcomes.sweep(now=timezone.now())
