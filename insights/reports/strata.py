"""What is known of each agent in a window: the strata they were drawn from, with the sums that weigh them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from insights.reports import units
from insights.reports.classes import Name
from insights.reports.units import Seat
from reviews import units as reviewed
from reviews.selectors.mixes import Score
from reviews.units import thinned
from sampling.overlaps import Repeat, repeated
from sampling.targeting import combined, floor_holds
from stats import StratumMoments, WeightedClass, effective_sums, moments_from_sums

UNIT = 10_000


@dataclass
class Week:
    """One agent's stratum of one draw: N conversations, m drawn, and what was reviewed of them.

    size is the (estimated) number of eligible conversations, by which the stratum is weighed; reviewed and failed are
    the reviews and those that failed the whole card, whatever metric n, total and squares are of. Those are of the
    random pool; mix holds the scores of both pools with their chances, where the window has a draw with a targeted one
    or plans that overlap.
    """

    starts_on: date
    frame_size: int
    drawn: int
    size: float = 0.0
    rubric_id: int = 0
    n: int = 0
    total: int = 0
    squares: int = 0
    reviewed: int = 0
    failed: int = 0
    versions: frozenset[int] = frozenset()
    draw_id: int = 0
    quota: int = 0
    expected: float = 0.0  # Σ pi^T: how many the targeted pool was expected to take
    pending: int = 0  # drawn, and neither reviewed nor late: work that nobody has failed to do
    is_mixed: bool = False
    is_census: bool = False
    label: str = ""  # of the stratum, which may name a class of risk
    targeted: int = 0  # eligible ones that only the targeted pool took
    mix: tuple[Score, ...] = ()
    classes: dict[Name, WeightedClass] = field(default_factory=dict)  # only where something stayed unreviewed
    stratum_id: int = 0
    version_id: int = 0  # of the scorecard that it was drawn for
    share: float = 0.0  # m / N_e
    is_shared: bool = False  # a frame of another plan holds some of it, too
    repeats: tuple[Repeat, ...] = ()  # what of it strata of the window held before
    at_random: int = 0  # reviews of the random pool; known where mix is
    seats: tuple[Seat, ...] = ()  # classes of each pick, where plans overlap
    team_id: int | None = None  # as of completion

    @property
    def unreviewed(self) -> int:
        """Return how many of what was drawn and is due have no review."""
        return max(0, self.drawn + self.targeted - self.pending - self.reviewed)

    @property
    def reviewed_share(self) -> float:
        """Return which share of the eligible conversations the random pool has reviewed so far."""
        return min(1.0, max(self.at_random, self.n) / self.size) if self.size > 0 else 0.0

    def reviewed_chance(self, targeted: float) -> float:
        """Return the chance of a conversation to be reviewed so far, by its pi^T."""
        if not self.is_mixed:
            return combined(self.reviewed_share, targeted)
        whole = self.reviewed / (self.drawn + self.targeted) if self.drawn + self.targeted else 0.0
        of_random = self.at_random / self.drawn if self.drawn else 0.0
        by_risk = self.reviewed - self.at_random
        # Where both pools took the same, nothing tells how much of what risk alone would take is reviewed.
        of_targeted = by_risk / self.targeted if self.targeted else whole
        return thinned(self.share, targeted, of_random=min(1.0, of_random), of_targeted=min(1.0, of_targeted))

    def due_chance(self, targeted: float) -> float:
        """Return the chance of a conversation to be drawn and due by now, by its pi^T."""
        drawn = self.drawn + self.targeted
        due = 1.0 - min(self.pending, drawn) / drawn if drawn else 0.0
        return thinned(self.share, targeted, of_random=due, of_targeted=due)

    @cached_property
    def moments(self) -> StratumMoments:
        """Return the stratum as the estimators take it; not to be asked for before its sums are complete."""
        return StratumMoments(self.size, moments_from_sums(self.n, total=self.total, squares=self.squares))


@dataclass
class AgentSums:
    """All of one agent's strata in the window, oldest first; team_id: of the newest."""

    agent_id: int
    team_id: int | None
    weeks: list[Week] = field(default_factory=list)

    @property
    def n(self) -> int:
        """Return the number of scores."""
        return sum(week.n for week in self.weeks)

    @property
    def frame_size(self) -> int:
        """Return the number of conversations that could have been drawn, each once in however many frames it is."""
        return sum(week.frame_size for week in self.weeks) - self.repeated

    @cached_property
    def repeated(self) -> int:
        """Return how many conversations the frames hold once more: above zero where plans overlap.

        Not to be asked for before all weeks are there.
        """
        return sum(self._repeated(week) for week in self.weeks if week.repeats)

    def _repeated(self, week: Week) -> int:
        return repeated(week.repeats, self._strata)

    @cached_property
    def _strata(self) -> frozenset[int]:
        return frozenset(week.stratum_id for week in self.weeks)

    @property
    def drawn(self) -> int:
        """Return the number of conversations that were drawn and stayed eligible."""
        return sum(week.drawn for week in self.weeks)

    @property
    def total(self) -> int:
        """Return Σy in 10⁻⁴ points."""
        return sum(week.total for week in self.weeks)

    @property
    def squares(self) -> int:
        """Return Σy² in 10⁻⁸ points²."""
        return sum(week.squares for week in self.weeks)

    @cached_property
    def is_mixed(self) -> bool:
        """Say whether some of it was drawn for its risk, so that a plain mean would not be fair.

        Not to be asked for before all weeks are there.
        """
        return any(week.is_mixed for week in self.weeks)

    @property
    def is_weighted(self) -> bool:
        """Say whether each review has to count by its own chance: of two pools, or of plans that overlap."""
        return self.is_mixed or self.repeated > 0

    @property
    def mix(self) -> list[Score]:
        """Return the scores of both pools."""
        return [score for week in self.weeks for score in week.mix]

    @cached_property
    def units(self) -> list[reviewed.Unit]:
        """Return the reviewed conversations with the chances that they had over all plans; known where mix is."""
        if self.repeated:
            return reviewed.of_all(self.weeks)
        return [unit for week in self.weeks for unit in reviewed.alone(week)]

    @property
    def conversations(self) -> int:
        """Return how many conversations are reviewed, each once by however many scorecards; known where mix is."""
        return len({unit.of for unit in self.units}) if self.repeated else len(self.units)

    @property
    def by_class(self) -> list[dict[Name, WeightedClass]]:
        """Return what was drawn and reviewed by class of channel and risk."""
        return [units.classes(self.weeks)] if self.repeated else [week.classes for week in self.weeks]

    @property
    def size(self) -> float:
        """Return the (estimated) number of eligible conversations, each once."""
        whole = math.fsum(week.size for week in self.weeks)
        again = (week.size * self._repeated(week) / week.frame_size for week in self.weeks if week.repeats)
        return whole - math.fsum(again) if self.repeated else whole

    @property
    def holds_the_floor(self) -> bool:
        """Say whether in each draw enough was drawn at random beside what was drawn for its risk (1.5)."""
        return all(
            floor_holds(
                sum(one.quota for one in strata),
                math.fsum(one.expected for one in strata),
                is_census=all(one.is_census for one in strata),
            )
            for strata in self.by_draw()
            if any(one.is_mixed for one in strata)
        )

    def by_draw(self) -> list[list[Week]]:
        """Return the strata of each draw together, oldest first."""
        found: dict[int, list[Week]] = {}
        for week in self.weeks:
            found.setdefault(week.draw_id, []).append(week)
        return list(found.values())

    def weighed(self) -> list[tuple[int, float, float]]:
        """Return (n, n_eff, Σy of n_eff in 10⁻⁴ points) of each period, oldest first.

        The strata of a period count by their conversations (1.4).
        """
        periods: dict[date, list[Week]] = {}
        for week in self.weeks:
            periods.setdefault(week.starts_on, []).append(week)
        return [self._weighed(strata) for _day, strata in sorted(periods.items())]

    def weighed_whole(self, periods: list[tuple[int, float, float]]) -> tuple[float, float]:
        """Return the same of all these periods: n_eff, and Σy of so many in 10⁻⁴ points."""
        if self.repeated:
            return self._effective()
        return math.fsum(size for _n, size, _total in periods), math.fsum(total for _n, _size, total in periods)

    def _weighed(self, strata: list[Week]) -> tuple[int, float, float]:
        if self.repeated and len(strata) > 1 and (one := AgentSums(self.agent_id, self.team_id, strata)).repeated:
            return (one.conversations, *one._effective())
        return sum(one.n for one in strata), *effective_sums([(one.size, one.n, one.total) for one in strata])

    def _effective(self) -> tuple[float, float]:
        weights: dict[int, float] = {}
        points = 0.0
        for y, pi, share, of in self.units:
            if pi > 0:
                # A second scorecard makes no second conversation.
                weights[of] = weights.get(of, 0.0) + share / pi
                points += y * share / pi
        whole = math.fsum(weights.values())
        if not whole:
            return 0.0, 0.0
        n_eff = whole**2 / math.fsum(weight * weight for weight in weights.values())
        return n_eff, n_eff * points / whole * UNIT

    def by_team(self) -> list[AgentSums]:
        """Return the strata of each team that the agent was in, apart: a team's average is of what was said in it."""
        found: dict[int | None, list[Week]] = {}
        for week in self.weeks:
            found.setdefault(week.team_id, []).append(week)
        return [self] if len(found) < 2 else [AgentSums(self.agent_id, team, weeks) for team, weeks in found.items()]

    def during(self, starts_on: Iterable[date]) -> AgentSums:
        """Return the strata of some periods only."""
        wanted = set(starts_on)
        return AgentSums(self.agent_id, self.team_id, [week for week in self.weeks if week.starts_on in wanted])


def by_teams(found: Iterable[AgentSums]) -> dict[int | None, list[AgentSums]]:
    """Return the agents of each team; who was in several stands in each, with what was said there."""
    teams: dict[int | None, list[AgentSums]] = {}
    for one in (part for whole in found for part in whole.by_team()):
        teams.setdefault(one.team_id, []).append(one)
    return teams


def on_scale(points: float | None) -> float | None:
    """Keep a limit within 0–100 points, where scores live; None stays None."""
    return None if points is None else min(100.0, max(0.0, points))
