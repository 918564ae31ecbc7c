"""Replay a large draw in the background: first from its receipt, then its conversations; each part is a slice."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.models import Job
from core.refusals import refuse
from core.services import jobs
from sampling.models import Draw
from sampling.policies import why_not_replay
from sampling.selectors.retold import KIND, of_conversations, of_draw

PARTS = 2  # the receipt, the conversations

logger = logging.getLogger(__name__)


@transaction.atomic
def start(draw: Draw, *, by: User, now: datetime) -> Job:
    """Write down that a draw is to be replayed; the caller enqueues the job. While one runs, that one is returned.

    Those that ended go: each can be made again, and the newest says how the draw stands.
    """
    refuse(why_not_replay(by))
    Draw.objects.select_for_update().get(pk=draw.pk)  # two presses at once become one replay
    known = Job.objects.filter(kind=KIND, params__draw=draw.pk)
    running = known.open().order_by("pk").first()
    if running is not None:
        return running
    known.delete()
    return jobs.create(KIND, by=by, now=now, total=PARTS, unit="parts", params={"draw": draw.pk})


def work(job_id: int, *, clock: Callable[[], datetime]) -> bool:
    """Replay one part; True when it is to be called again, at once."""
    job = jobs.start(job_id, now=clock())
    if job is None:
        return False
    draw = Draw.objects.select_related("plan").filter(pk=job.params["draw"]).first()
    if draw is None:
        jobs.fail(job, now=clock(), error=_("What was to be replayed no longer exists."))
        return False
    try:
        return _part(job, draw, clock=clock)
    except (OperationalError, ConnectionError):
        jobs.pause(job, now=clock())
        raise
    except Exception as error:
        logger.error("The replay of draw %s stopped", draw.pk, exc_info=error)
        sentence = _("The replay stopped because of an error in QA Portal, which is in the log. Nothing was changed.")
        jobs.fail(job, now=clock(), error=sentence)
        return False


def waiting(now: datetime) -> list[int]:
    """Return the replays that nobody is working on, for the sweep."""
    return jobs.waiting(KIND, now=now)


def _part(job: Job, draw: Draw, *, clock: Callable[[], datetime]) -> bool:
    """Do what is due: what the first part found waits in the cursor for the second."""
    if job.done == 0:
        told = of_draw(draw)
        return jobs.advance(job, now=clock(), done=1, cursor=told) and jobs.rest(job, now=clock())
    told = {**job.cursor, "today": of_conversations(draw)}
    if jobs.advance(job, now=clock(), done=PARTS, cursor={}):
        jobs.finish(job, now=clock(), result=told)
    return False
