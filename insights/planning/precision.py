"""Work out a plan's precision from sizes, spread, response and pace: pure arithmetic over stats/."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from statistics import median_low

from insights.planning.evidence import Pace, Response, Spread
from sampling.models import Plan
from sampling.selectors.sizes import AgentSize, Sizes
from stats import D0, mean_half_width, n_for_mean, n_two_means, stratified_half_width

# Four weeks as periods; a month stands for itself.
FOUR_WEEKS = {Plan.Cycle.DAILY: 28, Plan.Cycle.WEEKLY: 4, Plan.Cycle.TWO_WEEKLY: 2, Plan.Cycle.MONTHLY: 1}
DAYS = {Plan.Cycle.DAILY: 1.0, Plan.Cycle.WEEKLY: 7.0, Plan.Cycle.TWO_WEEKLY: 14.0, Plan.Cycle.MONTHLY: 365.25 / 12}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a quota, the precision wished for and the difference to be told apart, both in points."""

    quota: int
    precision: float
    difference: float
    cycle: str


@dataclass(frozen=True, slots=True)
class Line:
    """An agent or a team in a usual period: conversations, drawn ones, and the half width of the 95 % interval.

    reviews: those of the drawn ones that are expected to come back. period, four_weeks: points; None while none does.
    """

    name: str
    team: str
    people: int
    size: int
    drawn: int
    reviews: float
    period: float | None
    four_weeks: float | None


@dataclass(frozen=True, slots=True)
class Needed:
    """The reviews an agent needs in a period for a precision, those to draw for that, and the hours a week."""

    n: int | None
    draw: int | None
    hours: float | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything the planner says. Hours are reviewer hours a week, for the whole population."""

    question: Question
    sizes: Sizes
    spread: Spread
    response: Response
    pace: Pace
    periods_in_four_weeks: int
    typical: Line
    agents: list[Line]
    teams: list[Line]
    picks: int
    # Of the picks, those that the targeted pool is expected to take.
    targeted: int
    hours: float
    for_period: Needed
    for_four_weeks: Needed
    to_tell_apart: int | None

    @property
    def everybody(self) -> int:
        """Return how many people the population holds."""
        return len(self.agents)


@dataclass(frozen=True, slots=True)
class Yield:
    """What a quota brings: drawn a period, share that comes back, spread in points, periods in four weeks."""

    quota: int
    _: KW_ONLY
    rate: float
    sd: float
    four: int

    def expected(self, size: int) -> float:
        """Return how many of a person's reviews come back in a period."""
        return min(size, self.quota) * self.rate

    def half_widths(self, size: int) -> tuple[float | None, float | None]:
        """Return the half widths of one period and of four weeks for a person with so many conversations a period."""
        n, four = self.expected(size), self.four
        return mean_half_width(n, N=size, S=self.sd, d0=D0), mean_half_width(n * four, N=size * four, S=self.sd, d0=D0)

    def team_half_widths(self, n: Sequence[float], sizes: Sequence[int]) -> tuple[float | None, float | None]:
        """Return the same for the mean over people weighted by their conversations (statistics.md 1.4)."""
        four = self.four
        over_four = stratified_half_width(
            [four * one for one in n], N=[four * size for size in sizes], S=self.sd, d0=D0
        )
        return stratified_half_width(n, N=sizes, S=self.sd, d0=D0), over_four


def answer(
    question: Question,
    *,
    sizes: Sizes,
    spread: Spread,
    response: Response,
    pace: Pace,
    quotas: Sequence[int] | None = None,
    targeted: int = 0,
) -> Answer | None:
    """Answer for a population; None when nobody is in it.

    quotas: of each person, in the order of sizes; None: everybody's is that of the question. targeted: how many more
    are drawn by risk; they cost time, and what they add to precision is left out.
    """
    if not sizes.agents:
        return None
    four = FOUR_WEEKS[Plan.Cycle(question.cycle)]
    numbers = [one.per_period(sizes.periods) for one in sizes.agents]
    brings = Yield(question.quota, rate=response.rate, sd=spread.sd, four=four)
    each = [question.quota] * len(numbers) if quotas is None else quotas
    lines = [
        _agent(one, size=size, brings=replace(brings, quota=quota))
        for one, size, quota in zip(sizes.agents, numbers, each, strict=True)
    ]
    typical = median_low(numbers)
    cost = Cost(numbers, seconds=pace.seconds, days=DAYS[Plan.Cycle(question.cycle)])
    more = min(targeted, sum(numbers))
    picks = sum(line.drawn for line in lines) + more
    wished = Wish(question.precision, size=typical, sd=spread.sd, rate=response.rate)
    return Answer(
        question=question, sizes=sizes, spread=spread, response=response, pace=pace, periods_in_four_weeks=four,
        typical=next(line for line in lines if line.size == typical),
        agents=lines,
        teams=_teams(lines, brings=brings),
        picks=picks,
        targeted=more,
        hours=cost.hours_of(picks),
        for_period=wished.needed(cost, periods=1),
        for_four_weeks=wished.needed(cost, periods=four),
        to_tell_apart=n_two_means(question.difference, S=spread.sd),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cost:
    """What a quota costs: conversations of each person in a period, seconds a review, days in a period."""

    sizes: Sequence[int]
    _: KW_ONLY
    seconds: float
    days: float

    def picks(self, quota: int) -> int:
        """Return how many are drawn in a period; nobody has more drawn than they handled."""
        return sum(min(size, quota) for size in self.sizes)

    def hours(self, quota: int) -> float:
        """Return the reviewer hours a week of a quota."""
        return self.hours_of(self.picks(quota))

    def hours_of(self, picks: int) -> float:
        """Return the reviewer hours a week of so many picks a period."""
        return picks * self.seconds / 3600 * 7 / self.days


@dataclass(frozen=True, slots=True)
class Wish:
    """A precision in points for a person with `size` conversations a period."""

    precision: float
    _: KW_ONLY
    size: int
    sd: float
    rate: float

    def needed(self, cost: Cost, *, periods: int) -> Needed:
        """Return the reviews a period, over so many periods, by the interval that the agent's page will show."""
        found = n_for_mean(self.precision, S=self.sd, N=self.size * periods, resp=self.rate, d0=D0)
        if found.n is None or found.assign is None:
            return Needed(None, None, None, found.reason)
        n, draw = math.ceil(found.n / periods), math.ceil(found.assign / periods)
        if draw > self.size:
            return Needed(n, None, None, "more_than_there_are")
        return Needed(n, draw, cost.hours(draw), None)


def _agent(one: AgentSize, *, size: int, brings: Yield) -> Line:
    period, four_weeks = brings.half_widths(size)
    return Line(one.name, one.team, 1, size, min(size, brings.quota), brings.expected(size), period, four_weeks)


def _teams(lines: Sequence[Line], *, brings: Yield) -> list[Line]:
    members: dict[str, list[Line]] = {}
    for line in lines:
        members.setdefault(line.team, []).append(line)
    found = []
    for team, group in sorted(members.items()):
        period, over_four = brings.team_half_widths([line.reviews for line in group], [line.size for line in group])
        size, drawn = sum(line.size for line in group), sum(line.drawn for line in group)
        reviews = math.fsum(line.reviews for line in group)
        found.append(Line(team, team, len(group), size, drawn, reviews, period, over_four))
    return found
