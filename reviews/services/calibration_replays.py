"""Draw the conversations of a calibration session again in the background, where its frame is large, and compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.models import Job
from core.refusals import refuse
from core.services import jobs
from reviews.models import CalibrationSession
from reviews.policies.calibrating import why_not_run
from reviews.selectors.calibration_frames import REPLAY, replay


@transaction.atomic
def start(session: CalibrationSession, *, by: User, now: datetime) -> Job:
    """Write down that a session is to be drawn again; the caller enqueues the job. While one runs, it is returned."""
    refuse(why_not_run(by))
    CalibrationSession.objects.select_for_update(of=("self",)).get(pk=session.pk)  # two presses become one
    return jobs.once(REPLAY, about={"session": session.pk}, by=by, now=now)


def work(job_id: int, *, clock: Callable[[], datetime]) -> bool:
    """Draw again, in one slice: 200,000 conversations take some seconds, so there is nothing to stop halfway."""

    def do(job: Job) -> bool:
        session = CalibrationSession.objects.filter(pk=job.params["session"]).select_related("draw").first()
        found = replay(session) if session else None
        if found is None:
            raise jobs.GivenUp(_("There is nothing to compare: the session, its conversations or its key are gone."))
        jobs.finish(job, now=clock(), result=asdict(found))
        return False

    broken = _("Drawing it again stopped because of an error in QA Portal, which is in the log. Nothing was changed.")
    return jobs.slice_of(job_id, clock=clock, do=do, broken=broken)


def waiting(now: datetime) -> list[int]:
    """Return those that nobody is working on, for the sweep."""
    return jobs.waiting(REPLAY, now=now)
