"""Add up what a replay finds: who moves, which outcomes flip, averages before and after. Pure; sums add exactly.

Scores are whole numbers of 1/10000 points. Averages rest on the conversations that were drawn at random, as everywhere,
and each counts for those that it stands for: an agent with many does not count like one with few.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stats import pooled_var, score_interval
from stats.quantiles import TWO_SIDED, t_quantile
from stats.weighted_sums import UNIT, WeightedSums, weighted_spread

SCALE = 10_000
LEAST = 3
"""Conversations of a person, below which there is no mean of them (statistics.md 8, rule 2)."""
FORM = 2
"""Of the sums as they are kept. Before, reviews of one conversation counted each for itself."""

Side = tuple[int | None, str]  # score and outcome


def interval(sums: WeightedSums) -> dict[str, Any]:
    """Return n, the mean in points and its 95 % limits, None where there are none."""
    found = sums.estimate(scale=SCALE)
    return {"n": sums.n, "mean": found.mean, "low": found.lo, "high": found.hi, "reason": found.reason or ""}


def share(sums: WeightedSums) -> dict[str, Any]:
    """Return n, the share that passed and its 95 % limits (Wilson)."""
    found = sums.rate(scale=SCALE)
    return {"n": sums.n, "share": found.p, "low": found.lo, "high": found.hi, "reason": found.reason or ""}


@dataclass(slots=True)
class Tally:
    """Everything that is counted; written to and read from the job between two slices.

    agents: n, Σw, Σw², Σw before, Σw after and Σw (after − before)² of each person's conversations that were drawn at
    random.
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

    def count(self, before: Side, after: Side, *, dropped: int, unanswered: int) -> bool:
        """Count one review; True when its outcome flips."""
        self.reviews += 1
        self.whole += dropped == 0 and unanswered == 0
        self.dropped_answers += dropped
        self.moved += before[0] != after[0]
        return self._flip(before[1], after[1])

    def average(self, agent: int, sides: Sequence[tuple[Side, Side]], *, weight: int = UNIT) -> None:
        """Take one conversation that was drawn at random, by the mean of its reviews; `weight` as stats.weight_of."""
        was, now, passed_before, passed_after = _of_one(*sides[0]) if len(sides) == 1 else _of_several(sides)
        if was is not None and now is not None:
            self._move(agent, was, now, weight=weight)
        if passed_before is not None:
            self.passed_before.add(passed_before, weight=weight)
        if passed_after is not None:
            self.passed_after.add(passed_after, weight=weight)

    def _move(self, agent: int, before: int, after: int, *, weight: int) -> None:
        key, move = str(agent), after - before
        sums = self.agents.get(key)
        if sums is None:
            sums = self.agents[key] = [0] * 6
        sums[0] += 1
        sums[1] += weight
        sums[2] += weight**2
        sums[3] += weight * before
        sums[4] += weight * after
        sums[5] += weight * move**2
        self.before.add(before, weight=weight)
        self.after.add(after, weight=weight)
        self.difference.add(move, weight=weight)

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
        """Return the people with the means of their conversations in points, those who move most first.

        The interval of a move is the moderated one of 1.6, weighted, by the spread of moves among all; below three
        conversations there is no mean, and the reason says so.
        """
        spreads = {agent: _spread(*sums) for agent, sums in self.agents.items() if sums[0] > 1}
        pooled = pooled_var([n_eff for n_eff, _s2 in spreads.values()], s2=[s2 for _n_eff, s2 in spreads.values()]).v
        rows = [_row(agent, sums, spreads.get(agent), pooled) for agent, sums in self.agents.items()]
        return sorted(rows, key=lambda row: (row["difference"] is None, -abs(row["difference"] or 0), row["agent"]))

    def dump(self) -> dict[str, Any]:
        """Return the tally as plain values."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in COUNTS}
        plain |= {name: getattr(self, name).parts() for name in SUMS}
        return plain | {"agents": self.agents, "form": FORM}


COUNTS = ("reviews", "whole", "dropped_answers", "moved", "to_pass", "to_fail", "other_flips")
SUMS = ("before", "after", "difference", "passed_before", "passed_after")


def is_readable(plain: Mapping[str, Any]) -> bool:
    """Say whether a tally that was dumped can be gone on with."""
    return plain.get("form") == FORM


def load(plain: Mapping[str, Any]) -> Tally:
    """Read a tally that was dumped; an empty one from nothing."""
    if not plain:
        return Tally()
    parts: dict[str, Any] = {name: plain[name] for name in COUNTS}
    parts |= {name: WeightedSums.of(plain[name]) for name in SUMS}
    return Tally(**parts, agents=dict(plain["agents"]))


Judged = tuple[int | None, int | None, int | None, int | None]
"""Of a conversation: its score before and after, then whether it passed; None where that is not known."""


def _of_one(before: Side, after: Side) -> Judged:
    """Return what a conversation with a single review counts as; nearly all are such."""
    return before[0], after[0], _passed(before[1]), _passed(after[1])


def _of_several(sides: Sequence[tuple[Side, Side]]) -> Judged:
    """Return what a conversation with several reviews counts as: the mean of what is known of each."""
    moves = [(before[0], after[0]) for before, after in sides if before[0] is not None and after[0] is not None]
    outcomes = [(_passed(before[1]), _passed(after[1])) for before, after in sides]
    was, now = (_mean([scores[place] for scores in moves]) for place in range(2))
    passed_before, passed_after = (_mean([one[place] for one in outcomes]) for place in range(2))
    return was, now, passed_before, passed_after


def _passed(outcome: str) -> int | None:
    return None if outcome == "none" else SCALE * (outcome == "pass")


def _mean(values: Sequence[int | None]) -> int | None:
    """Return the mean of those that are known to the nearest whole, None of none."""
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known)) if known else None


def _spread(n: int, size: int, sizes2: int, before: int, after: int, squares: int) -> tuple[float, float]:
    """Return n_eff and the variance of a person's moves in squared points."""
    n_eff, s2 = weighted_spread(n, size=size, sizes2=sizes2, total=after - before, squares=squares)
    return n_eff, s2 / SCALE**2


def _row(agent: str, sums: list[int], spread: tuple[float, float] | None, pooled: float | None) -> dict[str, Any]:
    """Return one person's means, the move between them and its 95 % limits, or why there is none."""
    n, size = sums[0], sums[1] * SCALE
    row: dict[str, Any] = {"agent": int(agent), "reviews": n, "low": None, "high": None, "reason": ""}
    if n < LEAST or spread is None:
        return row | {"before": None, "after": None, "difference": None, "reason": "too_few"}
    before, after, difference = sums[3] / size, sums[4] / size, (sums[4] - sums[3]) / size
    # score_interval keeps limits of scores within 0 to 100; those of a move may lie below.
    found = score_interval(spread[0], ybar=difference, s2=spread[1], v_team=pooled)
    if found.se is None or found.df is None:
        row["reason"] = "no_variance"
    else:
        margin = t_quantile(TWO_SIDED, df=found.df) * found.se
        row |= {"low": difference - margin, "high": difference + margin}
    return row | {"before": before, "after": after, "difference": difference}
