"""Read an uploaded file in the background: slices of less than a minute that each leave a cursor for the next."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from conversations.formats.table import mapping as mappings
from conversations.formats.table.told import Told
from conversations.models import ImportRun
from conversations.policies import why_not_import
from conversations.services import benches, columns, jobs_of_imports, reading, runs
from conversations.services.again import why_not_again
from conversations.services.batches import Overtaken
from core import kept_files
from core.models import Job
from core.refusals import refuse
from core.services import jobs

KIND = jobs_of_imports.READING
# A file that waits longer than this for somebody to say what its columns are is forgotten.
WAITS_FOR = timedelta(days=7)
FOLDER = "imports"
SLICE_SECONDS = 45.0

logger = logging.getLogger(__name__)


def start(
    file: File[bytes], *, source_name: str, by: Any, now: datetime, said: Told | None = None, waits: bool = False
) -> ImportRun:
    """Keep an uploaded file and write down the job that reads it; the caller enqueues the job.

    A table is read by the guess and by what was said about its columns, and refused while something is missing or
    can be understood in two ways; with `waits` it is kept until somebody has looked at its columns.
    """
    refuse(why_not_import(by))
    kind = columns.kind_of(file, file.name or "")  # type: ignore[arg-type]
    fingerprint = reading.fingerprint(file)  # type: ignore[arg-type]
    source = runs.source_named(source_name, by=by, now=now)
    refuse(why_not_again(source.pk, fingerprint))
    mapping, status = {}, ImportRun.Status.RUNNING
    if kind == "table":
        found = columns.look(file, said or Told(), source=source)  # type: ignore[arg-type]
        if waits:
            status = ImportRun.Status.MAPPING
        else:
            refuse(columns.why_not_settled(found))
            mapping = mappings.to_json(found.mapping)
    stored_as = kept_files.keep(file, folder=FOLDER)
    try:
        with transaction.atomic():
            run = runs.begin(
                source, file_name=file.name or "", size=file.size or 0, fingerprint=fingerprint, by=by, now=now,
                stored_as=stored_as, mapping=mapping, status=status,
            )  # fmt: skip
            if status == ImportRun.Status.RUNNING:
                run.job = jobs_of_imports.reading(run, by=by, now=now)
                run.save(update_fields=["job"])
            return run
    except BaseException:
        default_storage.delete(stored_as)
        raise


def work(job_id: int, *, clock: Callable[[], datetime], seconds: float = SLICE_SECONDS) -> bool:
    """Read one slice of an upload; True when it is to be called again, at once."""
    job = jobs.start(job_id, now=clock())
    if job is None:
        return False
    run = ImportRun.objects.select_related("source").filter(job=job).first()
    if run is None:
        jobs.fail(job, now=clock(), error="The import of this job no longer exists.")
        return False
    part = _Slice(job, run, clock=clock, deadline=time.monotonic() + seconds)
    try:
        finished = part.read()
    except (OperationalError, ConnectionError):
        jobs.pause(job, now=clock())
        raise
    except Overtaken:
        finished = False
    except Exception as error:  # noqa: BLE001  whatever it is, the person who waits is told
        _break_off(run, job, error, now=clock())
        return False
    return _settle(run, job, finished=finished, now=clock())


def cancel(run: ImportRun, *, by: Any, now: datetime) -> None:
    """Stop an import; what was read so far stays, the uploaded file goes."""
    runs.cancel(run, by=by, now=now)
    _forget_file(run)


def tidy(now: datetime) -> None:
    """Forget files that nobody said the columns of for a week, or knows of, and sorted rows of imports that ended."""
    for run in ImportRun.objects.filter(status=ImportRun.Status.MAPPING, started_at__lt=now - WAITS_FOR):
        problem = _("Nobody said what the columns are, so the file was deleted after %(days)s days. Upload it again.")
        runs.break_off(run, problem=problem % {"days": WAITS_FOR.days}, now=now)
        _forget_file(run)
    benches.clear_strays()
    kept_files.forget_unknown(FOLDER, known=_known, now=now)


def waiting(now: datetime) -> list[int]:
    """Return the jobs that nobody is working on, for the sweep."""
    return jobs.waiting(KIND, now=now)


class _Slice:
    """One stretch of work on one upload, with its deadline."""

    def __init__(self, job: Job, run: ImportRun, *, clock: Callable[[], datetime], deadline: float) -> None:
        self.job = job
        self.run = run
        self.clock = clock
        self.deadline = deadline

    def read(self) -> bool:
        """Read lines, then count concurrency; True when both are finished."""
        counted = int(self.job.cursor.get("agent", 0))
        if not counted:
            with default_storage.open(self.run.stored_as, "rb") as file:
                stream: BinaryIO = file  # type: ignore[assignment]
                if not reading.read(
                    self.run,
                    stream,
                    clock=self.clock,
                    go_on=lambda run: self._goes_on(done=benches.bytes_done(run, stream)),
                ):
                    return False
        return reading.count_at_once(
            self.run, after=counted, go_on=lambda agent: self._goes_on(done=self.run.size, agent=agent)
        )

    def _goes_on(self, *, done: int, agent: int = 0) -> bool:
        """Store how far the work is; say whether there is time and nobody asked to stop."""
        cursor = {"line": self.run.next_line, "agent": agent}
        held = jobs.advance(self.job, now=self.clock(), done=min(done, self.run.size), cursor=cursor)
        return held and time.monotonic() < self.deadline


def _settle(run: ImportRun, job: Job, *, finished: bool, now: datetime) -> bool:
    """Say what became of the job; True when another slice is needed."""
    run.refresh_from_db()
    if run.status == ImportRun.Status.CANCELLED:
        jobs.stopped(job, now=now)
        _forget_file(run)
        return False
    if not finished:
        jobs.pause(job, now=now)
        return Job.objects.runnable(now).filter(pk=job.pk).exists()
    runs.end(run, now=now)
    jobs.finish(job, now=now, result=runs.counts(run))
    _forget_file(run)
    return False


def _break_off(run: ImportRun, job: Job, error: Exception, *, now: datetime) -> None:
    if isinstance(error, FileNotFoundError):
        problem = _("The uploaded file is no longer there. Upload it again: what was read before stays as it is.")
    else:
        logger.error("Import %s stopped at line %s", run.pk, run.next_line, exc_info=error)
        problem = _(
            "Reading stopped at line %(line)s because of an error in QA Portal, which is in the log. "
            "What came before is kept; uploading the file again goes over it without doubling anything."
        ) % {"line": run.next_line}
    runs.break_off(run, problem=problem, now=now)
    jobs.fail(job, now=now, error=problem)
    _forget_file(run)


def _known(names: list[str]) -> set[str]:
    return set(ImportRun.objects.filter(stored_as__in=names).values_list("stored_as", flat=True))


def _forget_file(run: ImportRun) -> None:
    """Delete the upload: what is needed of it is in the database, and copies of conversations must not lie about."""
    benches.clear(run)
    if not run.stored_as:
        return
    kept_files.forget(run.stored_as)
    ImportRun.objects.filter(pk=run.pk).update(stored_as="")
    run.stored_as = ""
