"""Add up what a replay finds: who moves, which outcomes flip, averages before and after. Pure; sums add exactly.

Scores are whole numbers of 1/10000 points. Averages rest on the reviews that were drawn at random, as everywhere, and
each counts for the conversations that it stands for: an agent with many does not count like one with few.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stats import Moments, moments_from_sums, pooled_var, score_interval
from stats.quantiles import TWO_SIDED, t_quantile
from stats.weighted_sums import UNIT, WeightedSums

SCALE = 10_000
RANDOM = "random"
LEAST = 3
"""Reviews of a person, below which there is no mean of them (statistics.md 8, rule 2)."""


def interval(sums: WeightedSums) -> dict[str, Any]:
    """Return n, the mean in points and its 95 % limits, None where there are none."""
    found = sums.estimate(scale=SCALE)
    return {"n": sums.n, "mean": found.mean, "low": found.lo, "high": found.hi, "reason": found.reason or ""}


def share(sums: WeightedSums) -> dict[str, Any]:
    """Return n, the share that passed and its 95 % limits (Wilson)."""
    found = sums.rate()
    return {"n": sums.n, "share": found.p, "low": found.lo, "high": found.hi, "reason": found.reason or ""}


@dataclass(slots=True)
class Tally:
    """Everything that is counted; written to and read from the job between two slices.

    agents: n, Σ before and Σ after of each person's reviews that were drawn at random; squares: Σ of their squared
    moves, None in a replay that began before these were counted.
    """

    reviews: int = 0
    whole: int = 0
    dropped_answers: int = 0
    moved: int = 0
    to_pass: int = 0
    to_fail: int = 0
    other_flips: int = 0
    before: WeightedSums = field(default_factory=WeightedSums)
    after: WeightedSums = field(default_factory=WeightedSums)
    difference: WeightedSums = field(default_factory=WeightedSums)
    passed_before: WeightedSums = field(default_factory=WeightedSums)
    passed_after: WeightedSums = field(default_factory=WeightedSums)
    agents: dict[str, list[int]] = field(default_factory=dict)
    squares: dict[str, int] | None = field(default_factory=dict)

    def add(
        self, *, agent: int, pool: str, before: tuple[int | None, str], after: tuple[int | None, str], dropped: int,
        unanswered: int, weight: int = UNIT,
    ) -> bool:  # fmt: skip
        """Count one review, each side as (score, outcome), `weight` as stats.weight_of; True when its outcome flips."""
        self.reviews += 1
        self.whole += dropped == 0 and unanswered == 0
        self.dropped_answers += dropped
        self.moved += before[0] != after[0]
        if pool == RANDOM and before[0] is not None and after[0] is not None:
            self._move(agent, before[0], after[0], weight=weight)
        if pool == RANDOM:
            _passed(self.passed_before, before[1], weight=weight)
            _passed(self.passed_after, after[1], weight=weight)
        return self._flip(before[1], after[1])

    def _move(self, agent: int, before: int, after: int, *, weight: int) -> None:
        sums = self.agents.setdefault(str(agent), [0, 0, 0])
        sums[0] += 1
        sums[1] += before
        sums[2] += after
        if self.squares is not None:
            self.squares[str(agent)] = self.squares.get(str(agent), 0) + (after - before) ** 2
        self.before.add(before, weight=weight)
        self.after.add(after, weight=weight)
        self.difference.add(after - before, weight=weight)

    def _flip(self, before: str, after: str) -> bool:
        if before == after:
            return False
        self.to_pass += after == "pass"
        self.to_fail += after == "fail"
        self.other_flips += after == "none"
        return True

    def result(self) -> dict[str, Any]:
        """Return what the page and the API show."""
        return {
            "reviews": self.reviews,
            "whole": self.whole,
            "dropped_answers": self.dropped_answers,
            "moved": self.moved,
            "flips": self.to_pass + self.to_fail + self.other_flips,
            "to_pass": self.to_pass,
            "to_fail": self.to_fail,
            "other_flips": self.other_flips,
            "before": interval(self.before),
            "after": interval(self.after),
            "difference": interval(self.difference),
            "passed_before": share(self.passed_before),
            "passed_after": share(self.passed_after),
            "agents": self._agents(),
        }

    def _agents(self) -> list[dict[str, Any]]:
        """Return the people with the plain means of their reviews in points, those who move most first.

        The interval of a move is the moderated one of 1.6, by the spread of moves among all; below three reviews there
        is no mean, and the reason says so.
        """
        squares = self.squares or {}
        moves = {
            agent: moments_from_sums(n, total=after - before, squares=squares[agent])
            for agent, (n, before, after) in self.agents.items()
            if agent in squares
        }
        spread = pooled_var([one.n for one in moves.values()], s2=[one.s2 for one in moves.values()]).v
        rows = [_row(agent, sums, moves.get(agent), spread) for agent, sums in self.agents.items()]
        return sorted(rows, key=lambda row: (row["difference"] is None, -abs(row["difference"] or 0), row["agent"]))

    def dump(self) -> dict[str, Any]:
        """Return the tally as plain values."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in COUNTS}
        plain |= {name: getattr(self, name).parts() for name in SUMS}
        return plain | {"agents": self.agents, "squares": self.squares}


COUNTS = ("reviews", "whole", "dropped_answers", "moved", "to_pass", "to_fail", "other_flips")
SUMS = ("before", "after", "difference", "passed_before", "passed_after")


def _passed(sums: WeightedSums, outcome: str, *, weight: int) -> None:
    """Count one outcome among those that passed or not; none is not counted."""
    if outcome != "none":
        sums.add(outcome == "pass", weight=weight)


def load(plain: Mapping[str, Any]) -> Tally:
    """Read a tally that was dumped; an empty one from nothing."""
    if not plain:
        return Tally()
    parts: dict[str, Any] = {name: plain[name] for name in COUNTS}
    parts |= {name: WeightedSums.of(plain[name]) for name in SUMS}
    return Tally(**parts, agents=dict(plain["agents"]), squares=plain.get("squares"))


def _row(agent: str, sums: list[int], moves: Moments | None, spread: float | None) -> dict[str, Any]:
    """Return one person's means, the move between them and its 95 % limits, or why there is none."""
    n, before, after = sums[0], sums[1] / SCALE, sums[2] / SCALE
    row: dict[str, Any] = {"agent": int(agent), "reviews": n, "low": None, "high": None, "reason": ""}
    if n < LEAST:
        return row | {"before": None, "after": None, "difference": None, "reason": "too_few"}
    difference = (after - before) / n
    found = score_interval(n, ybar=difference, s2=moves.s2 if moves else None, v_team=spread)
    if found.se is None or found.df is None:
        row["reason"] = "no_variance"
    else:
        margin = t_quantile(TWO_SIDED, df=found.df) * found.se
        row |= {"low": difference - margin, "high": difference + margin}
    return row | {"before": before / n, "after": after / n, "difference": difference}
