"""The team report: each person's estimated level with its band, in groups that cannot be told apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Agent
from coaching.models import Plan
from core.prepared import Prepared, numbers, several
from insights.reports import averages, sums
from insights.reports.apart import groups_apart
from insights.reports.averages import LEAST, UNIT, Average
from insights.reports.strata import AgentSums, on_scale
from stats import hier_normal

WEEKS = 8
Z95 = 1.959964


@dataclass(frozen=True)
class Params:
    """Which teams, up to when."""

    team_ids: frozenset[int] | None
    now: datetime


@dataclass(frozen=True)
class Person:
    """One line: level and band in points (0–100), borrowing from the team; None with the reason.

    own: the person's own average with all it carries; its scores stand here when there are too few.
    """

    agent: Agent
    level: float | None
    low: float | None
    high: float | None
    reason: str
    own: Average
    weekly: list[float | None]
    plans: list[Plan]

    @property
    def drawn(self) -> tuple[object, ...]:
        """Return everything that the person's line shows, so that {% keep %} can tell one drawing from another."""
        agent, own = self.agent, self.own
        return (
            agent.pk, agent.name, agent.level, self.level, self.low, self.high, self.reason, own.mean, own.low,
            own.high, own.n, own.frame_size, own.response_rate, own.bounds, own.scores, tuple(self.weekly),
            self.plan_links,
        )  # fmt: skip

    @property
    def plan_links(self) -> tuple[tuple[int, str], ...]:
        """Return the key and the skill of each open plan."""
        return tuple((plan.pk, str(plan.skill)) for plan in self.plans)

    @property
    def n(self) -> int:
        """Return the number of reviews."""
        return self.own.n

    @property
    def frame_size(self) -> int:
        """Return the number of conversations that could have been drawn."""
        return self.own.frame_size

    @property
    def response_rate(self) -> float | None:
        """Return how much of what was drawn is reviewed."""
        return self.own.response_rate


@dataclass(frozen=True)
class Group:
    """People whose levels cannot be told apart from the first of them."""

    people: list[Person]


@dataclass(frozen=True)
class Report:
    """The report of a team or of everything within reach."""

    groups: list[Group]
    average: Average


def load(params: Params) -> Report:
    """Load the report in a fixed number of queries."""
    found = sums.read(weeks=WEEKS, until=params.now, teams=params.team_ids)
    variance = averages.variance(found)
    return Report(groups=grouped(_people(found, variance=variance)), average=averages.of_agents(found, v_pool=variance))


def _people(found: list[AgentSums], *, variance: float | None) -> list[Person]:
    count, values = several("agent", [one.agent_id for one in found])
    agents = {agent.pk: agent for agent in AGENTS.all(count, **values)}
    plans: dict[int, list[Plan]] = {}
    for plan in OPEN_PLANS.all(count, **values):
        plans.setdefault(plan.agent_id, []).append(plan)
    weighed = [one.weighed() for one in found]
    sizes, totals = zip(*map(AgentSums.weighed_whole, found, weighed), strict=True) if found else ((), ())
    raw = [total / UNIT / size if size else None for size, total in zip(sizes, totals, strict=True)]
    pooled = hier_normal(raw, V=[variance / size if variance and size else None for size in sizes])
    people = []
    for place, one in enumerate(found):
        own = averages.of_agent(one, v_team=variance)
        level, sd = pooled.mean[place], pooled.sd[place]
        if own.mean is None or level is None or sd is None:
            level = sd = None
        people.append(
            Person(
                agent=agents[one.agent_id],
                level=level,
                low=None if level is None or sd is None else on_scale(level - Z95 * sd),
                high=None if level is None or sd is None else on_scale(level + Z95 * sd),
                reason="" if level is not None else own.why,
                own=own,
                weekly=_weekly(weighed[place]),
                plans=plans.get(one.agent_id, []),
            )
        )
    return people


AGENTS = Prepared(lambda count: Agent.objects.filter(pk__in=numbers("agent", count)).order_by())
OPEN_PLANS = Prepared(
    lambda count: Plan.objects.open().filter(agent__pk__in=numbers("agent", count)).select_related("skill")
)


def _weekly(weighed: list[tuple[int, float, float]]) -> list[float | None]:
    """Return the mean of each week with enough reviews for one, oldest first."""
    return [total / UNIT / size if n >= LEAST else None for n, size, total in weighed[-WEEKS:]]


def grouped(people: list[Person]) -> list[Group]:
    """Order people by level; a new group starts with the first who can be told apart from the group's first."""
    known = sorted((person for person in people if person.level is not None), key=lambda person: -(person.level or 0))
    spread = [((person.high or 0) - (person.low or 0)) / (2 * Z95) for person in known]
    groups = groups_apart([person.level or 0 for person in known], sd=spread)
    unknown = sorted((person for person in people if person.level is None), key=lambda person: person.agent.name)
    found = [Group([known[place] for place in group]) for group in groups]
    return [*found, Group(unknown)] if unknown else found
