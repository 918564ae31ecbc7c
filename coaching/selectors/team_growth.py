"""Everybody's growth side by side: each skill against what the agent's own next level expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from accounts.models import Agent
from coaching import weeks
from coaching.growth import Step, next_level, reached, step
from coaching.models import Action, Attempt, Look
from coaching.selectors import bases
from coaching.selectors.bases import Basis
from coaching.selectors.growth import estimate_of, expectations
from coaching.windows import WEEKS
from rubrics.models import Skill


@dataclass(frozen=True, slots=True)
class SkillStep:
    """One skill of one agent."""

    skill: Skill
    step: Step
    rests_on: Basis


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One agent: the skills in order, how many are there of those that can be told, and what was completed."""

    agent: Agent
    next_level: str
    skills: list[SkillStep]
    there: int
    known: int
    checks: int
    actions: int

    @property
    def aim(self) -> str:
        """Return the name of the level that is compared with."""
        return str(Agent.Level(self.next_level).label)


def side_by_side(agents: Sequence[Agent], *, now: datetime) -> list[TeamRow]:
    """Load the growth of several agents in a dozen queries."""
    since = weeks.name_of(weeks.start_of(weeks.shifted(weeks.last_complete(now), 1 - WEEKS)))
    skills, wanted = list(Skill.objects.all()), expectations()
    rows = Look.objects.filter(agent__in=agents, week__gte=since).order_by("week")
    looks = {(look.agent_id, look.skill_id): look for look in rows}
    passed = Attempt.objects.passed().filter(agent__in=agents).order_by().values("agent")
    checks = dict(passed.annotate(n=Count("key", distinct=True)).values_list("agent", "n"))
    confirmed = Action.objects.filter(plan__agent__in=agents, confirmed_at__isnull=False).order_by()
    actions = dict(confirmed.values("plan__agent").annotate(n=Count("pk")).values_list("plan__agent", "n"))
    basis_of = bases.read(map(bases.window_at, looks.values()), now=now)
    found = []
    for agent in agents:
        aim = next_level(agent.level)
        steps = []
        for one in skills:
            look = looks.get((agent.pk, one.pk))
            rests_on = basis_of.of(bases.window_at(look)) if look else Basis()
            steps.append(SkillStep(one, step(estimate_of(look), expected=wanted[one.slug][aim]), rests_on))
        there, known = reached([one.step for one in steps])
        found.append(TeamRow(agent, aim, steps, there, known, checks.get(agent.pk, 0), actions.get(agent.pk, 0)))
    return found
