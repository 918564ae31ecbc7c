"""Replay a large draw in the background: first from its receipt, then its conversations; each part is a slice."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.models import Job
from core.refusals import refuse
from core.services import jobs
from sampling.models import Draw
from sampling.policies import why_not_replay
from sampling.selectors.retold import KIND, of_conversations, of_draw
from sampling.steps import Tell, between

WHOLE = 100  # a job counts in percent: what is gone over more than once has no number that says how far it is
RECEIPT = 0.8  # the share of the time that the receipt takes; its conversations take the rest
TELL_SECONDS = 1.0


@transaction.atomic
def start(draw: Draw, *, by: User, now: datetime) -> Job:
    """Write down that a draw is to be replayed; the caller enqueues the job. While one runs, that one is returned."""
    refuse(why_not_replay(by))
    Draw.objects.select_for_update().get(pk=draw.pk)  # two presses at once become one replay
    return jobs.once(KIND, about={"draw": draw.pk}, by=by, now=now, total=WHOLE, unit="percent")


def cancel(job: Job, *, by: User, now: datetime) -> None:
    """Ask a replay to stop; nothing comes of it then."""
    refuse(why_not_replay(by))
    jobs.stop(job, now=now)


def work(job_id: int, *, clock: Callable[[], datetime], every: float = TELL_SECONDS) -> bool:
    """Replay one part; True when it is to be called again, at once. `every`: seconds after which it tells how far."""

    def do(job: Job) -> bool:
        draw = Draw.objects.select_related("plan").filter(pk=job.params["draw"]).first()
        if draw is None:
            raise jobs.GivenUp(_("What was to be replayed no longer exists."))
        return _part(job, draw, clock=clock, every=every)

    return jobs.slice_of(job_id, clock=clock, do=do, broken=broken())


def waiting(now: datetime) -> list[int]:
    """Return the replays that nobody is working on, for the sweep."""
    return jobs.waiting(KIND, now=now)


def broken() -> str:
    """Return what a person is told when a replay meets an error of the product."""
    return _("The replay stopped because of an error in QA Portal, which is in the log. Nothing was changed.")


def telling(job: Job, *, clock: Callable[[], datetime], every: float) -> Tell:
    """Return what stores now and then how far a job is, keeps its lease, and interrupts it when it is to stop.

    Not to be called while rows are being read from the database: SQLite refuses to write to it from within a reading
    that began before somebody else's change.
    """
    told = time.monotonic()

    def tell(share: float) -> None:
        nonlocal told
        if time.monotonic() - told < every:
            return
        told = time.monotonic()
        store(job, clock=clock, share=share, cursor=job.cursor)

    return tell


def store(job: Job, *, clock: Callable[[], datetime], share: float, cursor: dict[str, Any]) -> None:
    """Store how far a job is, and interrupt it when it is to stop."""
    if not jobs.advance(job, now=clock(), done=int(share * WHOLE), cursor=cursor, total=WHOLE):
        raise jobs.Interrupted


def _part(job: Job, draw: Draw, *, clock: Callable[[], datetime], every: float) -> bool:
    """Do what is due: what the first part found waits in the cursor for the second."""
    if not job.cursor:
        found = of_draw(draw, tell=between(telling(job, clock=clock, every=every), 0, RECEIPT))
        store(job, clock=clock, share=RECEIPT, cursor=found)
        return jobs.rest(job, now=clock())
    told = {**job.cursor, "today": of_conversations(draw)}
    store(job, clock=clock, share=1, cursor={})
    jobs.finish(job, now=clock(), result=told)
    return False
