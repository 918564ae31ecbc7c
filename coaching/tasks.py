"""Background work of coaching: each task is one service call."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from coaching.services import sweep


@shared_task
def sweep_coaching() -> None:
    """Run the weekly looks that are due and propose plans."""
    sweep.sweep(now=timezone.now())
