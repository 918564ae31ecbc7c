"""Background work of sampling: draws that are due, replays of large ones, and the fingerprints of periods to come."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core.queueing import enqueue
from sampling.models import Plan
from sampling.selectors.due import due, due_of
from sampling.services import checks, draws, keys, replays


@shared_task
def draw_due() -> None:
    """Start one run for each plan with a draw that is due."""
    for plan_id in dict.fromkeys(item.plan.pk for item in due(timezone.now())):
        enqueue(draw_plan, plan_id)


@shared_task
def draw_plan(plan_id: int) -> None:
    """Make the oldest due draw of a plan, and go on with the next one."""
    now = timezone.now()
    plan = Plan.objects.filter(pk=plan_id).first()
    waiting = due_of(plan, now) if plan else []
    if plan and waiting and draws.try_freeze(plan, period=waiting[0], now=now) and waiting[1:]:
        enqueue(draw_plan, plan_id)


@shared_task
def publish_fingerprints() -> None:
    """Publish the key fingerprints of the periods to come."""
    keys.publish_all(now=timezone.now())


@shared_task
def continue_replay(job_id: int) -> None:
    """Replay one part of a large draw, and queue the next."""
    if replays.work(job_id, clock=timezone.now):
        enqueue(continue_replay, job_id)


@shared_task
def continue_check(job_id: int) -> None:
    """Check a large receipt."""
    if checks.work(job_id, clock=timezone.now):
        enqueue(continue_check, job_id)


@shared_task
def resume_replays() -> None:
    """Go on with replays of draws and receipts whose message or worker was lost, and forget what is long over."""
    for job_id in replays.waiting(timezone.now()):
        enqueue(continue_replay, job_id)
    for job_id in checks.waiting(timezone.now()):
        enqueue(continue_check, job_id)
    checks.tidy(timezone.now())
