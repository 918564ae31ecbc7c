"""Background work that belongs to no stage: the clock's heartbeat and the seals over the audit trail."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core.services import audit_seals, heartbeats


@shared_task
def heartbeat() -> None:
    """Prove that the clock, the broker and a worker pass work on."""
    heartbeats.beat(heartbeats.CLOCK, now=timezone.now())


@shared_task
def seal_audit() -> None:
    """Seal the audit events that are not sealed yet."""
    audit_seals.seal_all(now=timezone.now())
