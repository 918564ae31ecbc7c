"""What is known of each agent in a window: the strata they were drawn from, with the sums that weigh them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from insights.reports.classes import Name
from reviews.selectors.mixes import Score
from sampling.targeting import floor_holds
from stats import StratumMoments, WeightedClass, effective_sums, moments_from_sums


@dataclass
class Week:
    """One agent's stratum of one draw: N conversations, m drawn, and what was reviewed of them.

    size is the (estimated) number of eligible conversations, by which the stratum is weighed; reviewed and failed are
    the reviews and those that failed the whole card, whatever metric n, total and squares are of. Those are of the
    random pool; mix holds the scores of both pools with their chances, where the window has a draw with a targeted one.
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

    @property
    def unreviewed(self) -> int:
        """Return how many of what was drawn and is due have no review."""
        return max(0, self.drawn + self.targeted - self.pending - self.reviewed)

    @cached_property
    def moments(self) -> StratumMoments:
        """Return the stratum as the estimators take it; not to be asked for before its sums are complete."""
        return StratumMoments(self.size, moments_from_sums(self.n, total=self.total, squares=self.squares))


@dataclass
class AgentSums:
    """All of one agent's strata in the window, oldest first."""

    agent_id: int
    team_id: int | None
    weeks: list[Week] = field(default_factory=list)

    @property
    def n(self) -> int:
        """Return the number of scores."""
        return sum(week.n for week in self.weeks)

    @property
    def frame_size(self) -> int:
        """Return the number of conversations that could have been drawn."""
        return sum(week.frame_size for week in self.weeks)

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
    def mix(self) -> list[Score]:
        """Return the scores of both pools."""
        return [score for week in self.weeks for score in week.mix]

    @property
    def size(self) -> float:
        """Return the (estimated) number of eligible conversations."""
        return math.fsum(week.size for week in self.weeks)

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
        """Return (n, n_eff, Σy of n_eff in 10⁻⁴ points) of each draw, oldest first.

        The strata of a draw count by their conversations (1.4).
        """
        return [
            (sum(one.n for one in strata), *effective_sums([(one.size, one.n, one.total) for one in strata]))
            for strata in self.by_draw()
        ]

    def during(self, starts_on: Iterable[date]) -> AgentSums:
        """Return the strata of some periods only."""
        wanted = set(starts_on)
        return AgentSums(self.agent_id, self.team_id, [week for week in self.weeks if week.starts_on in wanted])


def on_scale(points: float | None) -> float | None:
    """Keep a limit within 0–100 points, where scores live; None stays None."""
    return None if points is None else min(100.0, max(0.0, points))
