"""Check a large receipt in the background: its file is kept until that is done, and what came out for a while."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import kept_files
from core.models import Job
from core.refusals import Refusal, Refused, refuse
from core.services import jobs
from sampling import receipts
from sampling.policies import why_not_replay
from sampling.receipts import NotAReceipt
from sampling.selectors.checks import KIND
from sampling.selectors.retold import Told, of_receipt
from sampling.services import replays
from sampling.steps import Tell

FOLDER = "receipts"
KEPT = 5  # of a person
KEPT_FOR = timedelta(days=30)
MOST_OPEN = 3  # of a person, so that nobody fills the disk


def start(file: File[bytes], *, by: User, now: datetime) -> Job:
    """Keep a receipt and write down that it is to be checked; the caller enqueues the job.

    Of the same person's, those that ended go but for the last few.
    """
    refuse(why_not_replay(by))
    mine = Job.objects.filter(kind=KIND, created_by=by.pk)
    if mine.open().count() >= MOST_OPEN:
        sentence = _("Several of your receipts are being checked already. Wait for one of them, or stop it.")
        raise Refused(Refusal("too_many_checks", 409, sentence))
    stored_as = kept_files.keep(file, folder=FOLDER)
    params = {"stored_as": stored_as, "file_name": (file.name or "")[-255:], "size": file.size}
    try:
        with transaction.atomic():
            jobs.forget(mine, keep=KEPT - 1)
            return jobs.create(KIND, by=by, now=now, total=replays.WHOLE, unit="percent", params=params)
    except BaseException:
        kept_files.forget(stored_as)
        raise


def cancel(job: Job, *, by: User, now: datetime) -> None:
    """Ask a check to stop; nothing comes of it then."""
    refuse(why_not_replay(by))
    jobs.stop(job, now=now)
    _forget_file(job.pk)


def work(job_id: int, *, clock: Callable[[], datetime], every: float = replays.TELL_SECONDS) -> bool:
    """Check a receipt; True when that is to be gone on with at once. `every`: seconds after which it tells how far."""

    def do(job: Job) -> bool:
        found = _checked(job, tell=replays.telling(job, clock=clock, every=every))
        replays.store(job, clock=clock, share=1, cursor={})
        jobs.finish(job, now=clock(), result=found)
        return False

    goes_on = jobs.slice_of(job_id, clock=clock, do=do, broken=replays.broken())
    _forget_file(job_id)
    return goes_on


def waiting(now: datetime) -> list[int]:
    """Return the checks that nobody is working on, for the sweep."""
    return jobs.waiting(KIND, now=now)


def tidy(now: datetime) -> None:
    """Forget what came of receipts a month ago, and files that no check knows of."""
    Job.objects.filter(kind=KIND, finished_at__lt=now - KEPT_FOR).delete()
    kept_files.forget_unknown(FOLDER, known=_known, now=now)


def _checked(job: Job, *, tell: Tell) -> Told:
    try:
        with default_storage.open(job.params["stored_as"], "rb") as file:
            return of_receipt(receipts.replay(file.read(), tell=tell))
    except FileNotFoundError as gone:
        raise jobs.GivenUp(_("The uploaded file is no longer there. Choose it again.")) from gone
    except NotAReceipt as error:
        raise jobs.GivenUp(str(error)) from error


def _known(names: list[str]) -> set[str]:
    return set(Job.objects.filter(kind=KIND, params__stored_as__in=names).values_list("params__stored_as", flat=True))


def _forget_file(job_id: int) -> None:
    """Delete the file of a check that has ended: copies of frames must not lie about."""
    job = Job.objects.filter(pk=job_id).exclude(finished_at=None).first()
    if job is not None and job.params.get("stored_as"):
        kept_files.forget(job.params["stored_as"])
        Job.objects.filter(pk=job_id).update(params={**job.params, "stored_as": ""})
