"""The weekly sweep: looks, then what they ask for. Run it at any time, twice, or by two workers: the result is one."""

from __future__ import annotations

import logging
from datetime import datetime

from coaching.services import handovers, looks, plans, proposals, upkeep

logger = logging.getLogger(__name__)


def sweep(*, now: datetime) -> int:
    """Run the looks that are due, one week after the other, and do what each week asks for; the number of new plans.

    A week's proposals come before the next week's looks, because those step from whether a plan is open. A skill
    that fails is logged and left where it is; the next sweep goes on from there.
    """
    made, failed = 0, set()
    for week, skills in looks.due(now=now).items():
        for skill in skills:
            if skill.pk in failed:
                continue
            try:
                looks.run(skill, week=week, now=now)
            except Exception:
                logger.exception("The looks of %s for %s failed", week, skill)
                failed.add(skill.pk)
        made += proposals.propose(week, now=now)
    plans.fall_due(now=now)
    handovers.sweep(now=now)
    upkeep.follow_revisions(now=now)
    return made
