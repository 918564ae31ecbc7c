"""Who is likely below target (statistics.md 5.1, 5.2): decayed evidence, probability, and whether it is enough."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stats.pooling import TAU_MAX, hier_prob_below

HALFLIFE_WEEKS = 6.0
LEAST_EFFECTIVE = 6.0
LEAST_AGENTS = 8
RECENT_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Decayed:
    """Hold the decayed mean in points and its effective number of reviews; None and no_reviews without any."""

    mean: float | None
    n_eff: float
    reason: str | None = None


def decayed(n: Sequence[float], *, sum_y: Sequence[float | None], halflife: float = HALFLIFE_WEEKS) -> Decayed:
    """Average weekly sums, the newest week last, with weights 2^(−age/halflife).

    n: reviews a week; sum_y: their sum of scores in points (None or 0 in a week without); halflife: weeks, > 0.
    mean = Σ d Σy / Σ d n, n_eff = (Σ d n)² / Σ d² n. Raises ValueError on unequal lengths.
    """
    weeks = list(zip(n, sum_y, strict=True))
    held = [
        (2 ** (-age / halflife), count, total or 0.0) for age, (count, total) in enumerate(reversed(weeks)) if count > 0
    ]
    size = math.fsum(weight * count for weight, count, _ in held)
    squared = math.fsum(weight * weight * count for weight, count, _ in held)
    if squared <= 0:
        return Decayed(None, 0.0, "no_reviews")
    return Decayed(math.fsum(weight * total for weight, _, total in held) / size, size * size / squared)


def trigger_probability(
    mean: Sequence[float | None],
    *,
    n_eff: Sequence[float],
    sigma2: float | None,
    target: float,
    tau_max: float = TAU_MAX,
) -> list[float | None]:
    """Return P(true mean < target) for each agent of the pool, with V_i = sigma2/n_eff_i.

    mean, n_eff: as decayed gives them, all agents of the pool at once; sigma2: pooled variance in squared points;
    target: points. An agent without reviews gets the group's share; without sigma2 or any review all are None.
    Raises ValueError on unequal lengths.
    """
    if len(mean) != len(n_eff):
        raise ValueError("mean and n_eff must have the same length")
    if sigma2 is None:
        return [None] * len(mean)
    V = [sigma2 / number if number > 0 else None for number in n_eff]
    return hier_prob_below(mean, V=V, target=target, tau_max=tau_max)


def why_not_enough(n_eff: float, *, recent_reviews: int, agents: int) -> str | None:
    """Say which part of the data flag is missing, or None when the flag is up (statistics.md 5.2).

    n_eff: effective reviews; recent_reviews: in the last 4 weeks; agents: with reviews in the pool used (below eight
    the caller takes the workspace as the pool and asks again).
    """
    # Six equally old reviews give 5.999… in floating point; they are six.
    if n_eff < LEAST_EFFECTIVE - 1e-9:
        return "too_few_reviews"
    if recent_reviews < 1:
        return "no_recent_review"
    return "too_few_agents" if agents < LEAST_AGENTS else None
