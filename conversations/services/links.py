"""Fetch a file from a link in the background, and read it like an upload."""

from __future__ import annotations

import logging
import tempfile
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

import msgspec
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from conversations.formats.table import mapping as mappings
from conversations.formats.table.told import Told
from conversations.models import ImportRun
from conversations.policies import why_not_import
from conversations.services import columns, jobs_of_imports, reading, runs
from conversations.services.again import why_not_again
from core import outgoing
from core.audit import record
from core.models import Job
from core.outgoing import Limits, NotSent, Resolve, system_resolver
from core.refusals import Refusal, Refused, refuse
from core.services import jobs

# A task that fetches may take longer than one that reads: an answer cannot be gone on with. See tasks.py.
SECONDS = 600.0
# Progress is stored, and the lease renewed, after each of these.
STEP = 4 * 1024 * 1024

logger = logging.getLogger(__name__)


def start(
    link: str, *, source_name: str, by: Any, now: datetime, said: Told | None = None, waits: bool = False
) -> ImportRun:
    """Write down that a file is to be fetched; the caller enqueues the job.

    A table is read at once when nothing is missing in what is guessed and said about it; with `waits`, or when
    something is missing, it waits until somebody has looked at its columns.
    """
    refuse(why_not_import(by))
    try:
        outgoing.check_address(link)
    except NotSent as problem:
        raise Refused(Refusal(problem.code, 422, problem.sentence)) from problem
    source = runs.source_named(source_name, by=by, now=now)
    with transaction.atomic():
        run = runs.begin(
            source, file_name=_name_of(link), size=0, fingerprint="", by=by, now=now,
            mapping={"told": msgspec.to_builtins(said or Told()), "waits": waits},
            status=ImportRun.Status.FETCHING,
        )  # fmt: skip
        run.link = link
        run.job = jobs_of_imports.fetching(by=by, now=now)
        run.save(update_fields=["link", "job"])
    return run


def fetch(job_id: int, *, clock: Callable[[], datetime], resolve: Resolve = system_resolver) -> int | None:
    """Fetch the file of a job; return the job that reads it, or None when there is nothing to read yet."""
    job = jobs.start(job_id, now=clock())
    if job is None:
        return None
    run = ImportRun.objects.select_related("source", "started_by").filter(job=job).first()
    if run is None or run.status != ImportRun.Status.FETCHING:
        jobs.stopped(job, now=clock())
        return None
    # Without a name on disk: a worker that is killed leaves nothing behind.
    with tempfile.TemporaryFile() as file:
        try:
            whole = _download(run, job, file, clock=clock, resolve=resolve)
        except NotSent as problem:
            _give_up(run, job, problem.sentence, now=clock())
            return None
        except OperationalError:
            jobs.pause(job, now=clock())
            raise
        except OSError as error:
            logger.warning("A fetched file could not be kept: %s", error)
            _give_up(run, job, _("There is no room for the file. Nothing was imported."), now=clock())
            return None
        if not whole:
            jobs.stopped(job, now=clock())
            return None
        return _take(run, job, file, now=clock())


def waiting(now: datetime) -> list[int]:
    """Return the jobs of fetching that nobody is working on, for the sweep."""
    return jobs.waiting(jobs_of_imports.FETCHING, now=now)


def _download(run: ImportRun, job: Job, file: BinaryIO, *, clock: Callable[[], datetime], resolve: Resolve) -> bool:
    """Write the answer into a file; False when somebody stopped the import meanwhile."""
    limits = Limits(size=settings.LINK_MEGABYTES * 2**20, seconds=SECONDS)
    with outgoing.send("GET", run.link, limits=limits, resolve=resolve) as answer:
        if answer.status != 200:
            sentence = _("The server answered with status %(status)s instead of a file.")
            raise NotSent("status", sentence % {"status": answer.status})
        stored = 0
        for chunk in answer.chunks():
            file.write(chunk)
            if file.tell() - stored >= STEP:
                stored = file.tell()
                if not jobs.advance(job, now=clock(), done=stored, cursor={}, total=answer.total):
                    return False
    size = file.tell()
    file.seek(0)
    return jobs.advance(job, now=clock(), done=size, cursor={}, total=size)


def _take(run: ImportRun, job: Job, file: BinaryIO, *, now: datetime) -> int | None:
    """Keep the fetched file, and begin to read it unless its columns have to be looked at."""
    stored_as = ""
    try:
        mapping, status = _understood(run, file)
        fingerprint = reading.fingerprint(file)
        refuse(why_not_again(run.source_id, fingerprint))
        size = file.seek(0, 2)
        file.seek(0)
        stored_as = default_storage.save(f"imports/{uuid.uuid4().hex}", File(file))
        reader = _settle(run, job, mapping, status, stored_as=stored_as, fingerprint=fingerprint, size=size, now=now)
    except Refused as refused:
        _give_up(run, job, str(refused.refusal), now=now)
        return None
    except OSError as error:
        logger.warning("A fetched file could not be kept: %s", error)
        _give_up(run, job, _("There is no room for the file. Nothing was imported."), now=now)
        return None
    if reader is None and stored_as and ImportRun.objects.get(pk=run.pk).stored_as != stored_as:
        default_storage.delete(stored_as)
    return reader


def _understood(run: ImportRun, file: BinaryIO) -> tuple[dict[str, Any], ImportRun.Status]:
    """Return the mapping of the file and whether it can be read by it."""
    if file.seek(0, 2) == 0:
        raise Refused(Refusal("unreadable_file", 422, _("This file is empty.")))
    file.seek(0)
    if columns.kind_of(file, run.file_name) != "table":
        return {}, ImportRun.Status.RUNNING
    said = columns.told_by(run)
    found = columns.look(file, said, source=run.source)
    if run.mapping.get("waits") or columns.why_not_settled(found):
        return run.mapping, ImportRun.Status.MAPPING
    return mappings.to_json(found.mapping), ImportRun.Status.RUNNING


@transaction.atomic
def _settle(
    run: ImportRun,
    job: Job,
    mapping: dict[str, Any],
    status: ImportRun.Status,
    *,
    stored_as: str,
    fingerprint: str,
    size: int,
    now: datetime,
) -> int | None:
    current = ImportRun.objects.select_for_update(of=("self",)).select_related("started_by").get(pk=run.pk)
    jobs.finish(job, now=now, result={"bytes": size})
    if current.status != ImportRun.Status.FETCHING:
        return None
    current.stored_as, current.fingerprint, current.size, current.link = stored_as, fingerprint, size, ""
    current.mapping, current.status, current.job = mapping, status, None
    if status == ImportRun.Status.RUNNING:
        current.started_at = now
        current.job = jobs_of_imports.reading(current, by=current.started_by, now=now)
        record("import.started", target=current, by=current.started_by, at=now)
    current.save(update_fields=["stored_as", "fingerprint", "size", "link", "mapping", "status", "job", "started_at"])
    return current.job_id


def _give_up(run: ImportRun, job: Job, problem: str, *, now: datetime) -> None:
    runs.break_off(run, problem=problem, now=now)
    ImportRun.objects.filter(pk=run.pk).update(link="")
    jobs.fail(job, now=now, error=problem)


def _name_of(link: str) -> str:
    parts = urlsplit(link)
    return unquote(PurePosixPath(parts.path).name).replace("\0", "") or parts.hostname or "link"
