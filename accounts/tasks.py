"""Background work of this app. Times are in qa_portal/schedule.py."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts.services import digests, idempotency


@shared_task
def forget_idempotent_answers() -> None:
    """Delete kept answers whose day is over."""
    idempotency.forget_expired(now=timezone.now())


@shared_task
def send_digests() -> None:
    """Mail what is new to those whose morning has come."""
    digests.send_due(now=timezone.now())
