"""Start, advance and end background jobs. One runner holds a job's lease at a time."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.models import Job
from core.refusals import Refusal, Refused

LEASE = timedelta(seconds=90)
# What others than its runner may change. The lease stays as it was won, so that the next one's is never given back.
TOLD_ANEW = ("status", "done", "total", "cursor", "cancel_requested_at")

logger = logging.getLogger(__name__)


class GivenUp(Exception):
    """Say in one sentence why a job cannot go on; nothing is wrong with QA Portal."""


class Interrupted(Exception):
    """Somebody asked the job to stop in the middle of a slice, or another runner has it."""


def create(
    kind: str, *, by: Any, now: datetime, params: dict[str, Any] | None = None, total: int | None = None, unit: str = ""
) -> Job:
    """Write down a job that waits for a runner."""
    return Job.objects.create(kind=kind, created_by=by, created_at=now, params=params or {}, total=total, unit=unit)


def once(kind: str, *, about: dict[str, Any], by: Any, now: datetime, total: int | None = None, unit: str = "") -> Job:
    """Write down a job about one thing, which the caller has locked, or return the one about it that has not ended.

    Those that ended go: the newest says how the thing stands.
    """
    known = Job.objects.filter(kind=kind, **{f"params__{name}": value for name, value in about.items()})
    running = known.open().order_by("pk").first()
    if running is not None:
        return running
    forget(known, keep=0)
    return create(kind, by=by, now=now, total=total, unit=unit, params=about)


def forget(alike: QuerySet[Job], *, keep: int) -> None:
    """Forget those of some jobs that have ended, but for the last few: what each worked out can be worked out again."""
    ended = alike.exclude(status__in=[Job.Status.WAITING, Job.Status.RUNNING]).order_by("-pk")
    ended.exclude(pk__in=list(ended.values_list("pk", flat=True)[:keep])).delete()


def slice_of(job_id: int, *, clock: Callable[[], datetime], do: Callable[[Job], bool], broken: str) -> bool:
    """Let this runner do one slice of a job; True when another is to follow, at once.

    `do` is given the job and says whether it goes on. A database or a store that is away for a moment is raised, and
    the job can be run again; whatever else goes wrong ends it: with the sentence of a GivenUp, or with `broken` and
    what happened in the log.
    """
    job = start(job_id, now=clock())
    if job is None:
        return False
    try:
        return do(job)
    except Interrupted:
        return rest(job, now=clock())
    except (OperationalError, ConnectionError):
        pause(job, now=clock())
        raise
    except GivenUp as end:
        error = str(end)
    except Exception as problem:
        logger.error("The job %s, a %s, stopped", job.pk, job.kind, exc_info=problem)
        error = broken
    fail(job, now=clock(), error=error)
    return False


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
    job.refresh_from_db(fields=TOLD_ANEW)
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


def stop(job: Job, *, now: datetime) -> None:
    """Ask a job to stop because somebody wishes it; Refused where it has ended already."""
    job.refresh_from_db(fields=TOLD_ANEW)
    if not job.is_open:
        raise Refused(Refusal("already_ended", 409, _("This has ended already, so there is nothing to stop.")))
    cancel(job, now=now)
    job.refresh_from_db(fields=TOLD_ANEW)


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
