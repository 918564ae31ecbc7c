"""Background work of this app. Times are in qa_portal/schedule.py."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from conversations.services import indexing, links, masks, teams, uploads
from core.queueing import enqueue


@shared_task
def continue_import(job_id: int) -> None:
    """Read one slice of an uploaded file, and queue the next; after the last, what makes it searchable."""
    if uploads.work(job_id, clock=timezone.now):
        enqueue(continue_import, job_id)
    else:
        enqueue(index_conversations)


# Longer than links.SECONDS: an answer that was cut off cannot be gone on with.
@shared_task(soft_time_limit=660, time_limit=700)
def fetch_import(job_id: int) -> None:
    """Fetch a file from its link, and queue its reading."""
    reader = links.fetch(job_id, clock=timezone.now)
    if reader is not None:
        enqueue(continue_import, reader)


@shared_task
def resume_imports() -> None:
    """Go on with uploads whose message or worker was lost."""
    for job_id in uploads.waiting(timezone.now()):
        enqueue(continue_import, job_id)
    for job_id in links.waiting(timezone.now()):
        enqueue(fetch_import, job_id)
    uploads.tidy(timezone.now())


@shared_task
def mask_texts(job_id: int) -> None:
    """Mask one slice of what is here of a source, and queue the next; after the last, what makes it searchable."""
    if masks.work(job_id, clock=timezone.now):
        enqueue(mask_texts, job_id)
    else:
        enqueue(index_conversations)


@shared_task
def resume_masking() -> None:
    """Go on with masking whose message or worker was lost."""
    for job_id in masks.waiting(timezone.now()):
        enqueue(mask_texts, job_id)


@shared_task
def fill_teams() -> None:
    """Give a team to conversations that came before their agent had one."""
    teams.fill(by=None, now=timezone.now())


@shared_task
def index_conversations() -> None:
    """Make conversations searchable that are new or changed, and queue the rest."""
    if indexing.work(clock=timezone.now):
        enqueue(index_conversations)
