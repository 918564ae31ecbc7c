"""The report on one agent: the average of the window, the level by skill from the newest look, reviews and plans."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from accounts.models import Agent, TeamMembership, User
from coaching.models import Look, Plan
from coaching.selectors import bases
from coaching.selectors.bases import Basis
from insights.reports import averages, sums
from insights.reports.averages import Average
from insights.reports.strata import AgentSums, by_teams
from reviews.models import Review

WEEKS = 4
VARIANCE_WEEKS = 8
LEAST_AGENTS = 8
Z95 = 1.959964
LEAST_REVIEWS = 3


@dataclass(frozen=True)
class Params:
    """Which agent, for whom, up to when."""

    agent: Agent
    user: User
    now: datetime


@dataclass(frozen=True)
class SkillLevel:
    """The level of one skill in points, borrowing from the team; None with the reason."""

    skill: str
    level: float | None
    low: float | None
    high: float | None
    target: float
    n: int
    last_day: date
    reason: str
    rests_on: Basis


@dataclass(frozen=True)
class Report:
    """What the agent's page shows."""

    team: str
    average: Average
    skills: list[SkillLevel]
    reviews: list[Review]
    plans: list[Plan]


def load(params: Params) -> Report:
    """Load the report in a fixed number of queries."""
    strata = sums.read(weeks=WEEKS, until=params.now, agent=params.agent.pk)
    one = strata[0] if strata else AgentSums(params.agent.pk, None)
    membership = TeamMembership.objects.at(params.now).filter(agent=params.agent).select_related("team").first()
    reviews = Review.objects.visible_to(params.user).published().filter(agent=params.agent)
    plans = Plan.objects.visible_to(params.user).filter(agent=params.agent)
    return Report(
        team=membership.team.name if membership else "",
        average=averages.of_agent(
            one, v_team=team_variance(membership.team_id if membership else None, now=params.now)
        ),
        skills=_skills(params.agent, now=params.now),
        reviews=list(reviews.select_related("conversation", "current").order_by("-published_at")[:20]),
        plans=list(plans.select_related("skill").order_by("-proposed_at")[:20]),
    )


def team_variance(team_id: int | None, *, now: datetime) -> float | None:
    """Pool the variance of the team's agents over eight weeks; a small team, or none, pools the workspace."""
    found = sums.read(weeks=VARIANCE_WEEKS, until=now, teams=None if team_id is None else [team_id])
    if team_id is not None and is_small(found):
        found = sums.read(weeks=VARIANCE_WEEKS, until=now)
    return averages.variance(found)


def team_variances(team_ids: Collection[int] | None, *, now: datetime) -> dict[int | None, float | None]:
    """Return the same of each of some teams, or of all, by its id; in a number of queries that does not follow them."""
    found = sums.read(weeks=VARIANCE_WEEKS, until=now, teams=team_ids)
    everybody = cache(lambda: found if team_ids is None else sums.read(weeks=VARIANCE_WEEKS, until=now))
    return {
        team_id: averages.variance(everybody() if team_id is None or is_small(agents) else agents)
        for team_id, agents in by_teams(found).items()
    }


def metric_variances(prefix: str, *, agent: int, now: datetime) -> dict[str, float | None]:
    """Return the variance of each metric that begins with a prefix, pooled over the agent's team as a total's is.

    An agent's own few answers to one question are often all the same; their own variance would say that this is sure.
    """
    team_id = TeamMembership.objects.at(now).filter(agent=agent).values_list("team_id", flat=True).first()
    teams = None if team_id is None else [team_id]
    everybody: dict[str, list[AgentSums]] | None = None
    variances: dict[str, float | None] = {}
    for metric, agents in sums.read_all(prefix, weeks=VARIANCE_WEEKS, until=now, teams=teams).items():
        if team_id is not None and is_small(agents):
            everybody = everybody or sums.read_all(prefix, weeks=VARIANCE_WEEKS, until=now)
            agents = everybody.get(metric, agents)
        variances[metric] = averages.variance(agents)
    return variances


def is_small(agents: Collection[AgentSums]) -> bool:
    """Say whether a team has too few reviewed agents to tell its own variance."""
    return sum(1 for one in agents if one.n) < LEAST_AGENTS


def _skills(agent: Agent, *, now: datetime) -> list[SkillLevel]:
    newest: dict[int, Look] = {}
    for look in Look.objects.filter(agent=agent).select_related("skill").order_by("week"):
        newest[look.skill_id] = look
    looks = sorted(newest.values(), key=lambda look: look.skill.position)
    known = bases.read(map(bases.window_at, looks), now=now)
    return [_skill(look, known.of(bases.window_at(look))) for look in looks]


def _skill(look: Look, rests_on: Basis) -> SkillLevel:
    known = look.level is not None and look.level_sd is not None and look.n >= LEAST_REVIEWS
    level, spread = look.level or 0.0, Z95 * (look.level_sd or 0.0)
    return SkillLevel(
        skill=look.skill.name,
        level=level if known else None,
        low=max(0.0, level - spread) if known else None,
        high=min(100.0, level + spread) if known else None,
        target=look.target,
        n=look.n,
        last_day=date.fromisocalendar(int(look.week[:4]), int(look.week[-2:]), 7),
        reason="" if known else "fewer than 3 reviews",
        rests_on=rests_on,
    )
