"""Background work of coaching: each task is one service call."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from coaching.services import dry_runs, outcomes, programme_outcomes, reminders, sweep
from core.queueing import enqueue


@shared_task
def sweep_coaching(after: str = "") -> None:
    """Run the weekly looks that are due and propose plans; queue the rest when there is much to catch up on."""
    week = sweep.work(clock=timezone.now, after=after)
    if week:
        enqueue(sweep_coaching, week)


@shared_task
def sweep_outcomes() -> None:
    """Measure the plans, and the programmes, whose follow-up reviews are in."""
    outcomes.sweep(now=timezone.now())
    programme_outcomes.sweep(now=timezone.now())


@shared_task
def continue_dry_run(job_id: int) -> None:
    """Try rules on some more weeks, and queue the next slice."""
    if dry_runs.work(job_id, clock=timezone.now):
        enqueue(continue_dry_run, job_id)


@shared_task
def resume_dry_runs() -> None:
    """Go on with dry runs whose message or worker was lost."""
    for job_id in dry_runs.waiting(timezone.now()):
        enqueue(continue_dry_run, job_id)


@shared_task
def remind() -> None:
    """Remind people of what is due."""
    reminders.remind(now=timezone.now())
