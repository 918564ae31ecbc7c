"""The team report: each person's estimated level with its band, in groups that cannot be told apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Agent
from coaching.models import Plan
from core.prepared import Prepared, numbers, several
from insights.reports import sums
from insights.reports.sums import AgentSums, on_scale
from stats import cannot_tell_apart, hier_normal, moments_from_sums, pooled_var, rolling_mean

WEEKS = 8
UNIT = 10_000
LEAST_FOR_AVERAGE = 3
Z95 = 1.959964


@dataclass(frozen=True)
class Params:
    """Which teams, up to when."""

    team_ids: frozenset[int] | None
    now: datetime


@dataclass(frozen=True)
class Person:
    """One line: level and band in points (0–100), borrowing from the team; None with the reason."""

    agent: Agent
    level: float | None
    low: float | None
    high: float | None
    reason: str
    n: int
    frame_size: int
    drawn: int
    weekly: list[float | None]
    plans: list[Plan]

    @property
    def plan_links(self) -> tuple[tuple[int, str], ...]:
        """Return the key and the skill of each open plan."""
        return tuple((plan.pk, str(plan.skill)) for plan in self.plans)


@dataclass(frozen=True)
class Group:
    """People whose levels cannot be told apart from the first of them."""

    people: list[Person]


@dataclass(frozen=True)
class Report:
    """The report of a team or of everything within reach."""

    groups: list[Group]
    mean: float | None
    low: float | None
    high: float | None
    reason: str
    n: int
    frame_size: int
    response_rate: float | None
    weeks_covered: int


def load(params: Params) -> Report:
    """Load the report in a fixed number of queries."""
    found = sums.read(weeks=WEEKS, until=params.now, teams=params.team_ids)
    variance = _pooled(found)
    average = rolling_mean([week.moments for agent in found for week in agent.weeks], v_pool=variance)
    people = _people(found, variance=variance)
    n, drawn = sum(agent.n for agent in found), sum(agent.drawn for agent in found)
    estimate = average.estimate
    return Report(
        groups=grouped(people),
        mean=estimate.mean if n >= LEAST_FOR_AVERAGE else None,
        low=on_scale(estimate.lo) if n >= LEAST_FOR_AVERAGE else None,
        high=on_scale(estimate.hi) if n >= LEAST_FOR_AVERAGE else None,
        reason=REASONS.get(estimate.reason or "", "") if n >= LEAST_FOR_AVERAGE else "fewer than 3 reviews",
        n=n,
        frame_size=sum(agent.frame_size for agent in found),
        response_rate=n / drawn if drawn else None,
        weeks_covered=len({week.starts_on for agent in found for week in agent.weeks if week.n}),
    )


REASONS = {
    "no_reviews": "no reviews",
    "stratum_without_reviews": "some agents have no reviews",
    "one_review_per_stratum": "too few reviews for an interval",
}


def _people(found: list[AgentSums], *, variance: float | None) -> list[Person]:
    count, values = several("agent", [one.agent_id for one in found])
    agents = {agent.pk: agent for agent in AGENTS.all(count, **values)}
    plans: dict[int, list[Plan]] = {}
    for plan in OPEN_PLANS.all(count, **values):
        plans.setdefault(plan.agent_id, []).append(plan)
    raw = [one.total / UNIT / one.n if one.n else None for one in found]
    pooled = hier_normal(raw, V=[variance / one.n if variance and one.n else None for one in found])
    people = []
    for place, one in enumerate(found):
        level, sd = pooled.mean[place], pooled.sd[place]
        shown = one.n >= LEAST_FOR_AVERAGE and level is not None and sd is not None
        people.append(
            Person(
                agent=agents[one.agent_id],
                level=level if shown else None,
                low=max(0.0, level - Z95 * sd) if shown and level is not None and sd is not None else None,
                high=min(100.0, level + Z95 * sd) if shown and level is not None and sd is not None else None,
                reason="" if shown else reason_for(one),
                n=one.n,
                frame_size=one.frame_size,
                drawn=one.drawn,
                weekly=[week.total / UNIT / week.n if week.n else None for week in one.weeks][-WEEKS:],
                plans=plans.get(one.agent_id, []),
            )
        )
    return people


AGENTS = Prepared(lambda count: Agent.objects.filter(pk__in=numbers("agent", count)).order_by())
OPEN_PLANS = Prepared(
    lambda count: Plan.objects.open().filter(agent__pk__in=numbers("agent", count)).select_related("skill")
)


def reason_for(one: AgentSums) -> str:
    """Say why a person has no level: no reviews, or the one or two scores themselves."""
    if one.n == 0:
        return "no reviews"
    return "1 review" if one.n == 1 else "2 reviews"


def grouped(people: list[Person]) -> list[Group]:
    """Order people by level; a new group starts with the first who can be told apart from the group's first."""
    known = sorted((person for person in people if person.level is not None), key=lambda person: -(person.level or 0))
    spread = [((person.high or 0) - (person.low or 0)) / (2 * Z95) for person in known]
    bands = cannot_tell_apart([person.level or 0 for person in known], sd=[max(sd, 1e-9) for sd in spread])
    groups: list[list[int]] = []
    for place in range(len(known)):
        if groups and place in bands[groups[-1][0]]:
            groups[-1].append(place)
        else:
            groups.append([place])
    unknown = sorted((person for person in people if person.level is None), key=lambda person: person.agent.name)
    found = [Group([known[place] for place in group]) for group in groups]
    return [*found, Group(unknown)] if unknown else found


def _pooled(found: list[AgentSums]) -> float | None:
    parts = [moments_from_sums(one.n, total=one.total, squares=one.squares) for one in found]
    return pooled_var([part.n for part in parts], s2=[part.s2 for part in parts]).v
