"""Comparisons that are allowed to be said (statistics.md 8): two periods, two agents, a ranking in bands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stats.quantiles import TWO_SIDED, normal_below, normal_quantile

CERTAIN_ENOUGH = 0.95


@dataclass(frozen=True, slots=True)
class Difference:
    """Hold second − first in points with its 95 % limits; direction is "up" or "down" only if they exclude zero."""

    difference: float | None
    se: float | None = None
    lo: float | None = None
    hi: float | None = None
    direction: str | None = None
    reason: str | None = None


def period_difference(
    first: float | None, *, first_se: float | None, second: float | None, second_se: float | None
) -> Difference:
    """Compare the means of two periods: variances add, normal limits (statistics.md 8, rule 6)."""
    if first is None or second is None:
        return Difference(None, reason="no_reviews")
    if first_se is None or second_se is None:
        return Difference(second - first, reason="no_variance")
    se = math.hypot(first_se, second_se)
    margin = normal_quantile(TWO_SIDED) * se
    lo, hi = second - first - margin, second - first + margin
    return Difference(second - first, se, lo, hi, "up" if lo > 0 else "down" if hi < 0 else None)


def prob_above(mean: float, *, sd: float, other_mean: float, other_sd: float) -> float:
    """Return P(θ_i > θ_j) = Φ((m_i − m_j)/√(s_i² + s_j²)) of two pooled agents; 0.5 when nothing tells them apart."""
    spread = math.hypot(sd, other_sd)
    if spread == 0:
        return 0.5 if mean == other_mean else float(mean > other_mean)
    return normal_below((mean - other_mean) / spread)


def cannot_tell_apart(mean: Sequence[float], *, sd: Sequence[float]) -> list[list[int]]:
    """Return for each agent the positions of those it can neither be put above nor below (its band).

    mean, sd: pooled values in points, same length. i is above j only if P(θ_i > θ_j) > .95 (statistics.md 8, rule 3).
    Being in a band is not transitive, so each agent has its own. Raises ValueError when the lengths differ.
    """
    agents = list(zip(mean, sd, strict=True))
    return [
        [
            j
            for j, (other, other_sd) in enumerate(agents)
            if j != i
            and 1 - CERTAIN_ENOUGH <= prob_above(own, sd=own_sd, other_mean=other, other_sd=other_sd) <= CERTAIN_ENOUGH
        ]
        for i, (own, own_sd) in enumerate(agents)
    ]
