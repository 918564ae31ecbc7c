"""The weekly sweep: looks, then what they ask for. Run it at any time, twice, or by two workers: the result is one."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError

from coaching.models import SweepRun
from coaching.selectors import rules
from coaching.selectors.rules import Held
from coaching.services import criticals, handovers, looks, observations, plans, proposals, upkeep
from coaching.services.failures import Notebook, Part, look_key
from rubrics.models import Skill

REMEMBERED = timedelta(days=60)
SLICE_SECONDS = 45.0

logger = logging.getLogger(__name__)


def sweep(*, now: datetime) -> int:
    """Run the looks that are due, one week after the other, and do what each week asks for; the number of new plans.

    A week's proposals come before the next week's looks, because those step from whether a plan is open. What fails
    is noted, left where it is, and tried again by the next sweep.
    """
    return _sweep(clock=lambda: now, deadline=None, after="")[0]


def work(*, clock: Callable[[], datetime], after: str = "", seconds: float = SLICE_SECONDS) -> str:
    """Sweep the weeks after one for so long; the week after which the next slice goes on, "" at the end.

    A slice that is lost is made up for by the next sweep.
    """
    return _sweep(clock=clock, deadline=time.monotonic() + seconds, after=after)[1]


def _sweep(*, clock: Callable[[], datetime], deadline: float | None, after: str) -> tuple[int, str]:
    now = clock()
    run = SweepRun.objects.create(started_at=now)
    notes, held = Notebook(now=now), rules.current()
    looked, made, stuck = 0, 0, set[int]()
    due = {week: skills for week, skills in looks.due(now=now).items() if week > after}
    tried, left = "", list(due)
    for week, skills in due.items():
        for skill in skills:
            if skill.pk not in stuck:
                looked += _look(skill, week=week, held=held, notes=notes, stuck=stuck)
        made += proposals.propose(week, now=now, held=held, notes=notes)
        observations.notice(week, now=now, held=held, notes=notes)
        tried = left.pop(0)
        if left and deadline is not None and time.monotonic() > deadline:
            break
    if not left:
        made += _finish(now=now, held=held, notes=notes, saw_all=not after)
    notes.looked(until=tried, after=after, untried=stuck)
    SweepRun.objects.filter(pk=run.pk).update(
        finished_at=clock(), looks=looked, proposals=made, failures=len(notes.noted)
    )
    SweepRun.objects.filter(started_at__lt=now - REMEMBERED).delete()
    return made, tried if left else ""


def _finish(*, now: datetime, held: Held, notes: Notebook, saw_all: bool) -> int:
    """Do what is asked for today, whatever the weeks say; the number of new plans."""
    made = criticals.propose(now=now, held=held, notes=notes)
    plans.fall_due(now=now)
    handovers.sweep(now=now)
    upkeep.follow_revisions(now=now, notes=notes)
    if saw_all:  # an earlier slice noted its own
        notes.close((Part.PROPOSAL, Part.OBSERVATION, Part.UPKEEP))
    return made


def _look(skill: Skill, *, week: str, held: Held, notes: Notebook, stuck: set[int]) -> int:
    """Run one skill's looks of a week; a skill that fails as a whole is given up until the next sweep."""
    try:
        ran = looks.run(skill, week=week, now=notes.now, held=held)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        logger.exception("The looks of %s for %s failed", week, skill)
        notes.note(Part.LOOK, look_key(week, skill.pk), error, skill=skill, week=week)
        stuck.add(skill.pk)
        return 0
    for agent, why in sorted(ran.broken.items()):
        notes.note(Part.LOOK, look_key(week, skill.pk, agent), why, agent_id=agent, skill=skill, week=week)
    return ran.changed
