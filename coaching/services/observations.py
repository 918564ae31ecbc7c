"""What a week shows beside plans: strengths worth praising, and declines worth a look. People say what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Agent, TeamMembership, User
from coaching import weeks
from coaching.charts import band
from coaching.declines import Decline, declines
from coaching.models import Look, Observation
from coaching.policies import why_not_answer
from coaching.selectors import cells
from coaching.selectors.rules import Held
from coaching.services.failures import Notebook, Part
from coaching.windows import pools_of
from core import bulk
from core.audit import record
from core.refusals import Refusal, Refused, refuse

QUIET_AFTER_DECLINE = 8
"""Weeks in which nobody is told twice that the same agent declined."""
About = tuple[int, int | None, dict[str, Any]]
"""Agent, skill if it is about one, and the numbers."""
FITTING = {
    Observation.Kind.STRENGTH: (Observation.Answer.PRAISED, Observation.Answer.NOTHING),
    Observation.Kind.DECLINE: (Observation.Answer.LOOKED, Observation.Answer.NOTHING),
}


def notice(week: str, *, now: datetime, held: Held, notes: Notebook) -> int:
    """Write down what a week's numbers show; doing it twice changes nothing."""
    made = 0
    if held.rules.watches_strengths:
        made += notes.guard(Part.OBSERVATION, f"strengths {week}", partial(_strengths, week, now=now, held=held))
    if held.rules.watches_decline:
        made += notes.guard(Part.OBSERVATION, f"declines {week}", partial(_declines, week, now=now, held=held))
    return made


@transaction.atomic
def answer(observation: Observation, given: str, *, by: User, now: datetime) -> Observation:
    """Say what came of an observation; once."""
    refuse(why_not_answer(by, observation))
    if given not in FITTING[Observation.Kind(observation.kind)]:
        raise Refused(Refusal("unknown_answer", 422, _("Choose what came of it.")))
    rows = Observation.objects.open().filter(pk=observation.pk)
    changed = rows.update(answer=given, answered_at=now, answered_by=by)
    observation.refresh_from_db()
    if not changed:
        refuse(why_not_answer(by, observation))
    record("observation.answered", target=observation, by=by, at=now, params={"answer": given})
    return observation


def _strengths(week: str, *, now: datetime, held: Held) -> int:
    """Praise at most one skill of an agent in a while: the one that is most surely above its target."""
    rules = held.rules
    under = 1 - rules.strength_above
    clear = Look.objects.filter(flag=True, probability__lt=under)
    recent = _recently(Observation.Kind.STRENGTH, week=week, quiet=rules.strength_weeks)
    rows = clear.filter(week=week, reason="", agent__deactivated_at=None).exclude(agent__in=recent)
    best: dict[int, Look] = {}
    for look in rows.order_by("probability", "-level", "skill"):
        best.setdefault(look.agent_id, look)
    for back in range(1, rules.running):
        before = clear.filter(week=weeks.shifted(week, -back)).order_by()
        known = set(before.values_list("agent_id", "skill_id"))
        best = {agent: look for agent, look in best.items() if (agent, look.skill_id) in known}
    about = {"above": rules.strength_above, "rules": held.number}
    found = [
        (agent, look.skill_id, {"level": look.level, **_band(look), "target": look.target, "n": look.n, **about})
        for agent, look in sorted(best.items())
    ]
    return _store(found, kind=Observation.Kind.STRENGTH, week=week, now=now)


def _band(look: Look) -> dict[str, float | None]:
    low, high = band(look)
    return {"low": low, "high": high}


def _declines(week: str, *, now: datetime, held: Held) -> int:
    sums = cells.window("total", week=week).agents
    teams = dict(TeamMembership.objects.at(weeks.end_of(week)).values_list("agent_id", "team_id"))
    pools = pools_of({agent: teams.get(agent) for agent in sums})
    found = declines(sums, pools=pools, limit=held.rules.decline_limit)
    skipped = set(_recently(Observation.Kind.DECLINE, week=week, quiet=QUIET_AFTER_DECLINE))
    skipped |= set(Agent.objects.exclude(deactivated_at=None).values_list("pk", flat=True))
    about = {"limit": held.rules.decline_limit, "rules": held.number}
    told = [
        (
            one.agent_id, None,
            {**_numbers(one), **about},
        )
        for one in found
        if one.agent_id not in skipped
    ]  # fmt: skip
    return _store(told, kind=Observation.Kind.DECLINE, week=week, now=now)


def _numbers(one: Decline) -> dict[str, float]:
    """Return what is kept of a decline: both levels and the change, each with its limits."""
    numbers = asdict(one)
    del numbers["agent_id"]
    numbers["n"] = numbers.pop("n_after")
    return numbers


def _recently(kind: Observation.Kind, *, week: str, quiet: int) -> Iterable[int]:
    """Return the agents about whom the same was said lately, or waits to be answered."""
    lately = Q(week__gt=weeks.shifted(week, -quiet)) | Q(answered_at=None)
    return Observation.objects.filter(lately, kind=kind).values_list("agent_id", flat=True)


def _store(about: Sequence[About], *, kind: Observation.Kind, week: str, now: datetime) -> int:
    rows = [(agent, skill, kind.value, week, numbers, now, "") for agent, skill, numbers in about]
    names = ("agent_id", "skill_id", "kind", "week", "numbers", "noticed_at", "answer")
    bulk.insert_new(Observation, names, rows)
    return len(rows)
