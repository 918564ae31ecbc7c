"""More random picks for one agent for a time: asked for by what comes later, honoured by the draws.

A boost has a key of who asked for it: asking twice is asking once.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import Agent
from rubrics.models import Skill
from sampling.models import QuotaBoost


@transaction.atomic
def ask(key: str, *, agent: Agent, skill: Skill, extra: int, starts_at: datetime, ends_at: datetime) -> bool:
    """Ask for extra picks, spread over a time, from the plans whose rubric measures a skill; False when asked before.

    Nothing is asked for when there is nothing to draw.
    """
    if extra < 1 or ends_at <= starts_at:
        return False
    _boost, is_new = QuotaBoost.objects.get_or_create(
        key=key,
        defaults={"agent": agent, "skill": skill, "extra": extra, "starts_at": starts_at, "ends_at": ends_at},
    )
    return is_new


@transaction.atomic
def end(prefix: str, *, now: datetime) -> int:
    """End all boosts whose key begins so; what was drawn stays drawn. The number of those that still ran."""
    running = QuotaBoost.objects.filter(key__startswith=prefix, ended_at=None, ends_at__gt=now)
    # One that has not begun has drawn nothing, and ends where it would have begun.
    waiting = running.filter(starts_at__gt=now).update(ended_at=F("starts_at"))
    return waiting + running.filter(starts_at__lte=now).update(ended_at=now)
