"""What each level expects of a skill, and how an agent's estimate stands to it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

LEVELS = ("entry", "experienced", "senior", "lead")
# Points from 0 to 100, for every skill that a workspace says nothing else about.
DEFAULTS = {"entry": 60.0, "experienced": 70.0, "senior": 78.0, "lead": 84.0}
SURE = 0.90
"""As sure as the trigger has to be: what is said of a level is said on the same evidence."""
BAND = 1.959964


class Standing(StrEnum):
    """How an estimate stands to an expectation."""

    REACHED = "reached"
    MISSING = "missing"
    CANNOT_TELL = "cannot_tell"
    NO_DATA = "no_data"


STANDINGS = [(one.value, one.value) for one in Standing]
"""As choices of the API, which names them once."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """An agent's pooled level on a skill, points 0 to 100. `reason`: why it does not count; empty when it does."""

    level: float | None
    sd: float | None
    n: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One skill against what the next level expects, in points. `gap`: what is missing by the best estimate."""

    expected: float
    standing: Standing
    level: float | None
    low: float | None
    high: float | None
    n: int
    probability: float | None
    gap: float | None


def next_level(level: str) -> str:
    """Return the level after one; the last is compared with itself."""
    place = LEVELS.index(level)
    return LEVELS[min(place + 1, len(LEVELS) - 1)]


def step(estimate: Estimate, *, expected: float) -> Step:
    """Compare an estimate with an expectation. probability: that the true level is at least what is expected.

    The estimate is the normal posterior of partial pooling (statistics.md 1.7), so the probability is its upper tail.
    """
    level, sd = estimate.level, estimate.sd
    if level is None or sd is None or estimate.reason:
        return Step(expected, Standing.NO_DATA, None, None, None, estimate.n, None, None)
    probability = 1 - NormalDist(level, sd).cdf(expected) if sd > 0 else float(level >= expected)
    return Step(
        expected=expected,
        standing=_standing(probability),
        level=level,
        low=max(0.0, level - BAND * sd),
        high=min(100.0, level + BAND * sd),
        n=estimate.n,
        probability=probability,
        gap=max(0.0, expected - level),
    )


def reached(steps: Sequence[Step]) -> tuple[int, int]:
    """Return how many skills have reached the level, and how many can be told at all."""
    known = [one for one in steps if one.standing != Standing.NO_DATA]
    return sum(one.standing == Standing.REACHED for one in known), len(known)


def _standing(probability: float) -> Standing:
    if probability >= SURE:
        return Standing.REACHED
    return Standing.MISSING if probability <= 1 - SURE else Standing.CANNOT_TELL
