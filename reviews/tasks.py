"""Background work of reviews: each task is one service call."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core.queueing import enqueue
from reviews.services import (
    assigning,
    calibration_replays,
    cell_checks,
    claims,
    dispute_sweep,
    erasing,
    expiry,
    filling,
    publishing,
    revising,
    second_seats,
    self_reviews,
    settling,
    signalling,
    what_if,
)


@shared_task
def fill_queue() -> None:
    """Put what was released lately into the queue."""
    filling.fill_recent(now=timezone.now())


@shared_task
def fill_queue_anew() -> None:
    """Look through all that was ever drawn for picks without an item."""
    filling.fill(now=timezone.now())


@shared_task
def tell_spreads() -> None:
    """Tell the sampler how much the scores of each class differ."""
    signalling.tell_spreads(now=timezone.now())


@shared_task
def sweep_leases() -> None:
    """Return items whose lease ran out, and give what waits for somebody who is away or gone to the next in line."""
    claims.sweep(now=timezone.now())
    assigning.reassign(now=timezone.now())


@shared_task
def expire_items() -> None:
    """End what nobody reviewed in time."""
    expiry.expire(now=timezone.now())


@shared_task
def draw_second_seats() -> None:
    """Pass on the second seats of those who are away or gone, and give each week the second looks it lacks."""
    second_seats.pass_on(now=timezone.now())
    second_seats.top_up(now=timezone.now())


@shared_task
def continue_what_if(job_id: int) -> None:
    """Replay one slice of stored answers, and queue the next."""
    if what_if.work(job_id, clock=timezone.now):
        enqueue(continue_what_if, job_id)


@shared_task
def continue_calibration_replay(job_id: int) -> None:
    """Draw the conversations of a calibration session again."""
    if calibration_replays.work(job_id, clock=timezone.now):
        enqueue(continue_calibration_replay, job_id)


@shared_task
def resume_what_ifs() -> None:
    """Go on with replays of answers and of calibration draws whose message or worker was lost."""
    for job_id in what_if.waiting(timezone.now()):
        enqueue(continue_what_if, job_id)
    for job_id in calibration_replays.waiting(timezone.now()):
        enqueue(continue_calibration_replay, job_id)


@shared_task
def publish_due() -> None:
    """Give up changes that nobody finished, remind of self-reviews and end what is over, publish what is due."""
    revising.close_stale(now=timezone.now())
    self_reviews.remind(now=timezone.now())
    self_reviews.expire(now=timezone.now())
    publishing.publish_due(now=timezone.now())


@shared_task
def sweep_disputes() -> None:
    """Find people for second looks, remind before deadlines, end what nobody decided."""
    dispute_sweep.sweep(now=timezone.now())


@shared_task
def sweep_calibration() -> None:
    """Remind of what is due for calibration sessions, and reveal those that nobody has anything left to do for."""
    settling.sweep(now=timezone.now())


@shared_task
def check_cells() -> None:
    """Compare the weekly sums with the published reviews, once a week."""
    cell_checks.check_due(now=timezone.now())


@shared_task
def expire_texts() -> None:
    """Erase what is older than its source may keep and in nobody's work, and queue the rest."""
    if erasing.expire_texts(clock=timezone.now):
        enqueue(expire_texts)
