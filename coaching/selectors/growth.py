"""Assemble an agent's growth: skills against the next level, the evidence, and what was completed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Agent
from coaching import weeks, words
from coaching.evidence import strongest
from coaching.growth import DEFAULTS, LEVELS, Estimate, Standing, Step, next_level, reached, step
from coaching.models import Action, Attempt, Expectation, Look, Plan
from coaching.selectors import bases
from coaching.selectors.bases import Basis
from coaching.selectors.library import everything
from coaching.windows import WEEKS
from reviews.models import Answer
from rubrics.models import Skill

NOT_COUNTED = ("nothing_new", "")
"""Reasons of a look with which its estimate still stands."""
MOST_EVIDENCE = 3
MOST_COMPLETED = 50

Matrix = dict[str, dict[str, float]]


@dataclass(frozen=True)
class SkillRow:
    """One skill as the page shows it."""

    skill: Skill
    step: Step
    rests_on: Basis
    week: str
    says: str
    focus: tuple[str, ...]
    evidence: list[Answer]
    plan: Plan | None


@dataclass(frozen=True, slots=True)
class Completed:
    """A resource or a knowledge check that was completed, and when both sides, or the marks, said so."""

    kind: str
    text: str
    skill: str
    on: datetime
    attempt: int | None = None


@dataclass(frozen=True)
class Growth:
    """Everything that the growth page shows."""

    agent: Agent
    level: str
    next_level: str
    rows: list[SkillRow]
    completed: list[Completed]
    sentence: str


def expectations() -> Matrix:
    """Return skill slug → level → points, with the defaults where a workspace says nothing else."""
    found: Matrix = {slug: dict(DEFAULTS) for slug in Skill.objects.values_list("slug", flat=True)}
    for slug, level, points in Expectation.objects.values_list("skill__slug", "level", "points"):
        found[slug][level] = points
    return found


def fingerprint(matrix: Matrix) -> str:
    """Name a state of the expectations, so that the later of two edits is told."""
    return hashlib.sha256(json.dumps(matrix, sort_keys=True).encode()).hexdigest()[:16]


def growth(agent: Agent, *, now: datetime) -> Growth:
    """Load an agent's growth as of now."""
    aim, since = next_level(agent.level), weeks.start_of(weeks.shifted(weeks.last_complete(now), 1 - WEEKS))
    wanted, looks = expectations(), _newest_looks(agent, since=weeks.name_of(since))
    plans = {plan.skill_id: plan for plan in Plan.objects.open().filter(agent=agent).exclude(shared_at=None)}
    basis_of = bases.read(map(bases.window_at, looks.values()), now=now)
    rows = []
    library = everything()
    for skill in Skill.objects.all():
        look = looks.get(skill.pk)
        found = step(estimate_of(look), expected=wanted[skill.slug][aim])
        open_ones = found.standing in (Standing.MISSING, Standing.CANNOT_TELL)
        known = library.get(skill.slug)
        rows.append(
            SkillRow(
                skill=skill,
                step=found,
                rests_on=basis_of.of(bases.window_at(look)) if look else Basis(),
                week=look.week if look else "",
                says=_says(found, look),
                focus=known.focus if known and open_ones else (),
                evidence=strongest(agent.pk, skill.pk, since=since, most=MOST_EVIDENCE) if open_ones else [],
                plan=plans.get(skill.pk),
            )
        )
    return Growth(agent, agent.level, aim, rows, completed(agent), _sentence(agent, aim, [row.step for row in rows]))


def completed(agent: Agent) -> list[Completed]:
    """Return what an agent completed, the newest first: actions that both sides confirmed, and checks passed."""
    actions = Action.objects.filter(plan__agent=agent, confirmed_at__isnull=False).select_related("plan__skill")
    passed = Attempt.objects.passed().filter(agent=agent).select_related("plan__skill").order_by("taken_at")
    first = {one.key: one for one in reversed(passed)}  # the day of the first pass stays
    found = [
        Completed("check", one.title, one.plan.skill.name, one.taken_at, one.pk) for one in first.values()
    ]  # fmt: skip
    found += [
        Completed(one.kind, one.text, one.plan.skill.name, one.confirmed_at)
        for one in actions.order_by("-confirmed_at")[:MOST_COMPLETED]
        if one.confirmed_at
    ]
    return sorted(found, key=lambda one: one.on, reverse=True)[:MOST_COMPLETED]


def _newest_looks(agent: Agent, *, since: str) -> dict[int, Look]:
    rows = Look.objects.filter(agent=agent, week__gte=since).order_by("week")
    return {look.skill_id: look for look in rows}


def estimate_of(look: Look | None) -> Estimate:
    """Return what a look estimates; without reviews that count, why there is nothing."""
    if look is None:
        return Estimate(None, None, 0)
    return Estimate(look.level, look.level_sd, look.n, "" if look.reason in NOT_COUNTED else look.reason)


def _says(found: Step, look: Look | None) -> str:
    """Say in one sentence how a skill stands, and why there is no number where there is none."""
    if found.standing == Standing.NO_DATA:
        why = words.no_number(look) if look else _("no reviews in the last 26 weeks")
        return _("Not enough data: %(why)s.") % {"why": why}
    chance = words.per_cent(found.probability or 0.0)
    if found.standing == Standing.REACHED:
        return _("There: %(chance)s sure that the level is reached.") % {"chance": chance}
    if found.standing == Standing.MISSING:
        return _("About %(gap).0f points are missing.") % {"gap": found.gap or 0.0}
    return _("Cannot be told yet: the band reaches over what is expected (%(chance)s likely reached).") % {
        "chance": chance
    }


def _sentence(agent: Agent, aim: str, steps: Iterable[Step]) -> str:
    rows = list(steps)
    there, known = reached(rows)
    name = str(Agent.Level(aim).label).lower()
    if not known:
        return _("Not enough reviews yet to compare any skill with the next level.")
    values = {"there": there, "known": known, "level": name, "all": len(rows)}
    if agent.level == LEVELS[-1]:
        return (
            _("%(there)d of %(known)d skills that can be told are where the level “%(level)s” expects them.") % values
        )
    return (
        _("%(there)d of %(known)d skills that can be told are where the next level, “%(level)s”, expects them.")
        % values
    )
