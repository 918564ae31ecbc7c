"""Add up what a replay finds: who moves, which outcomes flip, averages before and after. Pure; sums add exactly.

Scores are whole numbers of 1/10000 points. Averages rest on the reviews that were drawn at random, as everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stats import moments_from_sums, wilson
from stats.estimates import t_interval

SCALE = 10_000
RANDOM = "random"


@dataclass(slots=True)
class Sums:
    """Hold n scores as their number, sum and sum of squares."""

    n: int = 0
    total: int = 0
    squares: int = 0

    def add(self, score: int) -> None:
        """Count one more score."""
        self.n += 1
        self.total += score
        self.squares += score * score

    def interval(self) -> dict[str, Any]:
        """Return n, the mean in points and its 95 % limits (t, n − 1), None where there are none."""
        found = moments_from_sums(self.n, total=self.total, squares=self.squares)
        if found.mean is None or found.s2 is None:
            return {"n": self.n, "mean": found.mean, "low": None, "high": None}
        estimate = t_interval(found.mean, se=math.sqrt(found.s2 / self.n), df=self.n - 1)
        return {"n": self.n, "mean": estimate.mean, "low": estimate.lo, "high": estimate.hi}


@dataclass(slots=True)
class Rate:
    """Hold how many of those with an outcome passed."""

    n: int = 0
    passed: int = 0

    def add(self, outcome: str) -> None:
        """Count one outcome; none is not counted."""
        if outcome != "none":
            self.n += 1
            self.passed += outcome == "pass"

    def interval(self) -> dict[str, Any]:
        """Return n, the share that passed and its 95 % limits (Wilson)."""
        found = wilson(self.passed, n=self.n)
        return {"n": self.n, "share": found.p, "low": found.lo, "high": found.hi}


@dataclass(slots=True)
class Tally:
    """Everything that is counted; written to and read from the job between two slices."""

    reviews: int = 0
    whole: int = 0
    dropped_answers: int = 0
    moved: int = 0
    to_pass: int = 0
    to_fail: int = 0
    other_flips: int = 0
    before: Sums = field(default_factory=Sums)
    after: Sums = field(default_factory=Sums)
    difference: Sums = field(default_factory=Sums)
    passed_before: Rate = field(default_factory=Rate)
    passed_after: Rate = field(default_factory=Rate)
    agents: dict[str, list[int]] = field(default_factory=dict)

    def add(
        self, *, agent: int, pool: str, before: tuple[int | None, str], after: tuple[int | None, str], dropped: int,
        unanswered: int,
    ) -> bool:  # fmt: skip
        """Count one review, each side as (score, outcome); True when its outcome flips."""
        self.reviews += 1
        self.whole += dropped == 0 and unanswered == 0
        self.dropped_answers += dropped
        self.moved += before[0] != after[0]
        if before[0] is not None and after[0] is not None:
            self._move(agent, pool, before[0], after[0])
        if pool == RANDOM:
            self.passed_before.add(before[1])
            self.passed_after.add(after[1])
        return self._flip(before[1], after[1])

    def _move(self, agent: int, pool: str, before: int, after: int) -> None:
        sums = self.agents.setdefault(str(agent), [0, 0, 0])
        sums[0] += 1
        sums[1] += before
        sums[2] += after
        if pool == RANDOM:
            self.before.add(before)
            self.after.add(after)
            self.difference.add(after - before)

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
            "before": self.before.interval(),
            "after": self.after.interval(),
            "difference": self.difference.interval(),
            "passed_before": self.passed_before.interval(),
            "passed_after": self.passed_after.interval(),
            "agents": self._agents(),
        }

    def _agents(self) -> list[dict[str, Any]]:
        """Return the agents with their means in points, those who move most first."""
        rows = [
            {
                "agent": int(agent),
                "reviews": n,
                "before": before / n / SCALE,
                "after": after / n / SCALE,
                "difference": (after - before) / n / SCALE,
            }
            for agent, (n, before, after) in self.agents.items()
        ]
        return sorted(rows, key=lambda row: (-abs(row["difference"]), row["agent"]))

    def dump(self) -> dict[str, Any]:
        """Return the tally as plain values."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in COUNTS}
        plain |= {
            name: [getattr(self, name).n, getattr(self, name).total, getattr(self, name).squares] for name in SUMS
        }
        plain |= {name: [getattr(self, name).n, getattr(self, name).passed] for name in RATES}
        return plain | {"agents": self.agents}


COUNTS = ("reviews", "whole", "dropped_answers", "moved", "to_pass", "to_fail", "other_flips")
SUMS = ("before", "after", "difference")
RATES = ("passed_before", "passed_after")


def load(plain: Mapping[str, Any]) -> Tally:
    """Read a tally that was dumped; an empty one from nothing."""
    if not plain:
        return Tally()
    parts: dict[str, Any] = {name: plain[name] for name in COUNTS}
    parts |= {name: Sums(*plain[name]) for name in SUMS}
    parts |= {name: Rate(*plain[name]) for name in RATES}
    return Tally(**parts, agents=dict(plain["agents"]))
