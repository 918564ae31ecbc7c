"""Start, advance and end background jobs. One runner holds a job's lease at a time."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core.models import Job

LEASE = timedelta(seconds=90)


def create(
    kind: str, *, by: Any, now: datetime, params: dict[str, Any] | None = None, total: int | None = None, unit: str = ""
) -> Job:
    """Write down a job that waits for a runner."""
    return Job.objects.create(kind=kind, created_by=by, created_at=now, params=params or {}, total=total, unit=unit)


def start(job_id: int, *, now: datetime) -> Job | None:
    """Lease a job to this runner; None when somebody else has it or it has ended."""
    lease = str(uuid.uuid4())
    won = (
        Job.objects.runnable(now)
        .filter(pk=job_id)
        .update(status=Job.Status.RUNNING, lease=lease, leased_until=now + LEASE)
    )
    if not won:
        return None
    Job.objects.filter(pk=job_id, started_at=None).update(started_at=now)
    return Job.objects.get(pk=job_id)


def advance(job: Job, *, now: datetime, done: int, cursor: dict[str, Any], total: int | None = None) -> bool:
    """Store progress and renew the lease; False when the lease was lost or the job is to be cancelled."""
    values: dict[str, Any] = {"done": done, "cursor": cursor, "leased_until": now + LEASE}
    if total is not None:
        values["total"] = total
    held = Job.objects.filter(pk=job.pk, lease=job.lease, status=Job.Status.RUNNING).update(**values)
    job.refresh_from_db()
    return bool(held) and job.cancel_requested_at is None


def pause(job: Job, *, now: datetime) -> None:
    """Give the lease back, so that the continuation can start at once."""
    Job.objects.filter(pk=job.pk, lease=job.lease).update(leased_until=None, lease="")


def rest(job: Job, *, now: datetime) -> bool:
    """Let go of a job between two slices, or end it where somebody asked to stop; True when it may go on at once."""
    if job.cancel_requested_at is not None:
        stopped(job, now=now)
        return False
    pause(job, now=now)
    return Job.objects.runnable(now).filter(pk=job.pk).exists()


def waiting(kind: str, *, now: datetime) -> list[int]:
    """Return the jobs of a kind that nobody is working on, for the sweep; the oldest first."""
    return list(Job.objects.runnable(now).filter(kind=kind).order_by("pk").values_list("pk", flat=True))


def finish(job: Job, *, now: datetime, result: dict[str, Any]) -> None:
    """End a job that did its work."""
    _end(job, status=Job.Status.DONE, now=now, result=result)


def fail(job: Job, *, now: datetime, error: str) -> None:
    """End a job that cannot go on, with the sentence that says why."""
    _end(job, status=Job.Status.FAILED, now=now, error=error)


def cancel(job: Job, *, now: datetime) -> None:
    """Ask a job to stop; one that nobody runs stops at once."""
    with transaction.atomic():
        row = Job.objects.select_for_update().get(pk=job.pk)
        if not row.is_open:
            return
        row.cancel_requested_at = now
        if row.leased_until is None or row.leased_until < now:
            row.status, row.finished_at = Job.Status.CANCELLED, now
        row.save(update_fields=["cancel_requested_at", "status", "finished_at"])


def stopped(job: Job, *, now: datetime) -> None:
    """End a job whose cancellation its runner has seen."""
    _end(job, status=Job.Status.CANCELLED, now=now)


def _end(job: Job, *, status: Job.Status, now: datetime, **values: Any) -> None:
    Job.objects.filter(pk=job.pk).update(status=status, finished_at=now, leased_until=None, lease="", **values)
    job.refresh_from_db()
