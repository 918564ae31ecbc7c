"""Begin, end and cancel the reading of one file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from conversations.models import ImportRun, Reject, Source
from conversations.policies import why_not_cancel
from core.audit import record
from core.refusals import refuse
from core.services import jobs

DEFAULT_SOURCE = "Files"


@transaction.atomic
def source_named(name: str, *, by: Any, now: datetime) -> Source:
    """Return the source of this name, made when it is the first time. The slug is part of every drawn unit's number."""
    name = name.strip() or DEFAULT_SOURCE
    slug = slugify(name)[:60] or "files"
    source, made = Source.objects.get_or_create(slug=slug, defaults={"name": name[:120], "created_at": now})
    if made:
        record("source.created", target=source, by=by, at=now)
    return source


@transaction.atomic
def begin(
    source: Source,
    *,
    file_name: str,
    size: int,
    fingerprint: str,
    by: Any,
    now: datetime,
    stored_as: str = "",
    mapping: dict[str, Any] | None = None,
    status: ImportRun.Status = ImportRun.Status.RUNNING,
) -> ImportRun:
    """Write down that a file is going to be read, or waits until somebody says what its columns are."""
    run = ImportRun.objects.create(
        source=source,
        file_name=file_name[-255:],
        stored_as=stored_as,
        size=size,
        fingerprint=fingerprint,
        started_by=by,
        started_at=now,
        mapping=mapping or {},
        status=status,
    )
    if status != ImportRun.Status.RUNNING:
        record("import.uploaded", target=run, by=by, at=now)
        return run
    record("import.started", target=run, by=by, at=now)
    return run


def interrupted(source: Source, fingerprint: str) -> ImportRun | None:
    """Return the run of the same file that a command began and did not end, to go on with it."""
    return ImportRun.objects.filter(
        source=source, fingerprint=fingerprint, status=ImportRun.Status.RUNNING, job=None
    ).first()


@transaction.atomic
def end(run: ImportRun, *, now: datetime) -> None:
    """End a run that has nothing more to read: done, or incomplete when its file could not be read to the end."""
    current = ImportRun.objects.select_for_update(of=("self",)).select_related("started_by").get(pk=run.pk)
    if not current.is_open:
        return
    current.status = ImportRun.Status.INCOMPLETE if current.problem else ImportRun.Status.DONE
    current.finished_at = now
    current.save(update_fields=["status", "finished_at"])
    record("import.finished", target=current, by=current.started_by, at=now, params=counts(current))
    run.status, run.finished_at = current.status, current.finished_at


@transaction.atomic
def cancel(run: ImportRun, *, by: Any, now: datetime) -> None:
    """Stop a run; what was read so far stays."""
    current = ImportRun.objects.select_for_update(of=("self",)).select_related("job").get(pk=run.pk)
    refuse(why_not_cancel(by, current))
    current.status = ImportRun.Status.CANCELLED
    current.finished_at = now
    current.save(update_fields=["status", "finished_at"])
    if current.job is not None:
        jobs.cancel(current.job, now=now)
    ImportRun.objects.filter(pk=current.pk).update(link="")
    record("import.cancelled", target=current, by=by, at=now, params=counts(current))
    run.status, run.finished_at = current.status, current.finished_at


@transaction.atomic
def give_up(run: ImportRun, *, reason: str) -> None:
    """Count what is left of a file that holds no conversations as one reject; nothing more of it is read."""
    current = ImportRun.objects.select_for_update().get(pk=run.pk)
    Reject.objects.create(run=current, line=current.next_line, byte=current.next_byte, reason=reason)
    current.received += 1
    current.rejected += 1
    current.problem = reason
    current.save(update_fields=["received", "rejected", "problem"])
    run.received, run.rejected, run.problem = current.received, current.rejected, current.problem


@transaction.atomic
def break_off(run: ImportRun, *, problem: str, now: datetime) -> None:
    """End a run that met something it cannot go on from."""
    ImportRun.objects.filter(pk=run.pk, status__in=ImportRun.OPEN).update(problem=problem)
    end(run, now=now)


def counts(run: ImportRun) -> dict[str, int]:
    """Return the numbers of a run: what became of its records, how many were repaired, and its rows."""
    return {
        "received": run.received,
        "created": run.created,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "rejected": run.rejected,
        "repaired": run.repaired,
        "rows": run.rows,
        "repeated": run.repeated,
    }
