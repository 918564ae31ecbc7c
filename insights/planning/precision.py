"""Work out a plan's precision from sizes, spread, response and pace: pure arithmetic over stats/."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from statistics import median_low

from insights.planning.evidence import Pace, Response, Spread
from insights.planning.yields import ByRisk, Yield, needed_by, other_quota, pooled, quota_for, team_half_widths
from sampling.models import Plan
from sampling.selectors.sizes import AgentSize, Sizes
from stats import D0, n_for_mean, n_two_means

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

    targeted: those expected by risk beside the drawn ones; reviews: those of both that are expected to come back;
    period, four_weeks: points, None while none does or too little is drawn at random; needed: how many to draw of each
    person for the precision that is asked for, None when no number is enough.
    """

    name: str
    team: str
    people: int
    size: int
    drawn: int
    reviews: float
    period: float | None
    four_weeks: float | None
    targeted: float = 0.0
    needed: int | None = None
    lacks_floor: bool = False


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
    usual: Yield
    agents: list[Line]
    teams: list[Line]
    picks: int
    # Of the picks, those that the targeted pool is expected to take.
    targeted: int
    is_mixed: bool
    hours: float
    for_period: Needed
    for_four_weeks: Needed
    to_tell_apart: int | None

    @property
    def without_average(self) -> int:
        """Return how many people get no average, because too little is drawn at random beside what is by risk."""
        return sum(line.lacks_floor for line in self.agents)

    @property
    def everybody(self) -> int:
        """Return how many people the population holds."""
        return len(self.agents)


def answer(
    question: Question,
    *,
    sizes: Sizes,
    spread: Spread,
    response: Response,
    pace: Pace,
    quotas: Sequence[int] | None = None,
    by_risk: Sequence[ByRisk] = (),
    is_mixed: bool = False,
) -> Answer | None:
    """Answer for a population; None when nobody is in it.

    quotas: of each person, in the order of sizes; None: everybody's is that of the question. by_risk: what the
    targeted pool takes of each of them. Classes of a plan are left out: as if a quota were spread evenly over them.
    """
    if not sizes.agents:
        return None
    four = FOUR_WEEKS[Plan.Cycle(question.cycle)]
    numbers = [one.per_period(sizes.periods) for one in sizes.agents]
    brings = Yield(question.quota, rate=response.rate, sd=spread.sd, four=four, together=spread.together)
    each = [question.quota] * len(numbers) if quotas is None else quotas
    risky: Sequence[ByRisk] = by_risk or [()] * len(numbers)
    yields = [replace(brings, quota=quota, by_risk=mine) for quota, mine in zip(each, risky, strict=True)]
    lines = [
        _agent(one, size=size, brings=mine, precision=question.precision)
        for one, size, mine in zip(sizes.agents, numbers, yields, strict=True)
    ]
    usual = replace(brings, by_risk=pooled(list(zip(risky, numbers, strict=True))))
    typical = _agent(_middle(sizes.agents, numbers), size=median_low(numbers), brings=usual, precision=0.0)
    cost = Cost(numbers, seconds=pace.seconds, days=DAYS[Plan.Cycle(question.cycle)], by_risk=risky)
    more = round(math.fsum(line.targeted for line in lines))
    picks = sum(line.drawn for line in lines) + more
    wished = Wish(question.precision, size=typical.size, brings=usual)
    return Answer(
        question=question, sizes=sizes, spread=spread, response=response, pace=pace, periods_in_four_weeks=four,
        typical=typical,
        usual=usual,
        agents=lines,
        teams=_teams(lines, yields, precision=question.precision),
        picks=picks,
        targeted=more,
        is_mixed=is_mixed,
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
    by_risk: Sequence[ByRisk] = ()

    def picks(self, quota: int) -> float:
        """Return how many are drawn in a period by both pools; nobody has more drawn than they handled."""
        brings = Yield(quota, rate=1.0, sd=0.0, four=1)
        risky = self.by_risk or [()] * len(self.sizes)
        each = (replace(brings, by_risk=mine).expected(size) for size, mine in zip(self.sizes, risky, strict=True))
        return math.fsum(each)

    def hours(self, quota: int) -> float:
        """Return the reviewer hours a week of a quota."""
        return self.hours_of(self.picks(quota))

    def hours_of(self, picks: float) -> float:
        """Return the reviewer hours a week of so many picks a period."""
        return picks * self.seconds / 3600 * 7 / self.days


@dataclass(frozen=True, slots=True)
class Wish:
    """A precision in points for a person with `size` conversations a period."""

    precision: float
    _: KW_ONLY
    size: int
    brings: Yield

    def needed(self, cost: Cost, *, periods: int) -> Needed:
        """Return the reviews a period, over so many periods, by the interval that the agent's page will show."""
        if self.brings.by_risk:
            return self._beside_the_targeted(cost, periods=periods)
        found = n_for_mean(
            self.precision, S=self.brings.sd, N=self.size * periods, resp=self.brings.rate, d0=D0
        )  # fmt: skip
        if found.n is None or found.assign is None:
            return Needed(None, None, None, found.reason)
        n, draw = math.ceil(found.n / periods), math.ceil(found.assign / periods)
        if draw > self.size:
            return Needed(n, None, None, "more_than_there_are")
        return Needed(n, draw, cost.hours(draw), None)

    def _beside_the_targeted(self, cost: Cost, *, periods: int) -> Needed:
        """Return the quota that gives it together with what the targeted pool takes."""
        place = 0 if periods == 1 else 1
        draw = quota_for(
            self.precision,
            most=self.size,
            half_width=lambda quota: other_quota(self.brings, quota).half_widths(self.size)[place],
        )
        if draw is None:
            return Needed(self.size, None, None, "more_than_there_are")
        n = math.ceil(other_quota(self.brings, draw).expected(self.size))
        return Needed(n, draw, cost.hours(draw), None)


def _middle(agents: Sequence[AgentSize], numbers: Sequence[int]) -> AgentSize:
    return agents[numbers.index(median_low(numbers))]


def _agent(one: AgentSize, *, size: int, brings: Yield, precision: float) -> Line:
    period, four_weeks = brings.half_widths(size)
    return Line(
        one.name, one.team, 1, size, min(size, brings.quota), brings.expected(size), period, four_weeks,
        targeted=brings.targeted(size),
        needed=needed_by(size, precision, other_quota(brings, 1)),
        lacks_floor=not brings.holds_the_floor(size),
    )  # fmt: skip


def _teams(lines: Sequence[Line], yields: Sequence[Yield], *, precision: float) -> list[Line]:
    members: dict[str, list[tuple[Line, Yield]]] = {}
    for line, brings in zip(lines, yields, strict=True):
        members.setdefault(line.team, []).append((line, brings))
    return [_team(team, group, precision=precision) for team, group in sorted(members.items())]


def _team(team: str, group: Sequence[tuple[Line, Yield]], *, precision: float) -> Line:
    own = [line for line, _ in group]
    period, over_four = team_half_widths([(brings, line.size) for line, brings in group])

    def half_width(quota: int) -> float | None:
        return team_half_widths([(other_quota(brings, quota), line.size) for line, brings in group])[0]

    return Line(
        team, team, len(own), sum(line.size for line in own), sum(line.drawn for line in own),
        math.fsum(line.reviews for line in own), period, over_four,
        targeted=math.fsum(line.targeted for line in own),
        needed=quota_for(precision, most=max(line.size for line in own), half_width=half_width),
    )  # fmt: skip
