"""Partial pooling of pass rates (statistics.md 1.7): the beta-binomial twin of the pooling of means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special  # type: ignore[import-untyped, unused-ignore]

RATE_POINTS = 60
SPREAD_POINTS = 40

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PooledRates:
    """Hold per agent the posterior mean pass rate and P(rate < target); None and no_reviews when nobody has any."""

    mean: tuple[float | None, ...]
    below: tuple[float | None, ...]
    reason: str | None = None


def hier_binom(x: Sequence[float], *, n: Sequence[float], target: float) -> PooledRates:
    """Shrink pass rates: x_i ~ Bin(n_i, p_i), p_i ~ Beta(mu M, (1−mu) M), mu and √rho uniform, rho = 1/(1+M).

    x: passes, 0 <= x_i <= n_i; n: scored answers, 0 for an agent without any (who gets the group's prediction);
    target: a rate in (0, 1). Midpoint grid of 60 × 40. Raises ValueError on unequal lengths or impossible counts.
    """
    passes, trials = np.asarray(x, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if passes.shape != trials.shape or (passes < 0).any() or (passes > trials).any():
        raise ValueError("x and n must have the same length, with 0 <= x <= n")
    if not (trials > 0).any():
        nothing = (None,) * len(x)
        return PooledRates(nothing, nothing, "no_reviews")
    a, b = _prior_counts()
    # Few agents differ in (x, n): each pair is worked out once, weighted by how many share it.
    pairs, which, shared = np.unique(np.stack([passes, trials]), axis=1, return_inverse=True, return_counts=True)
    up, down = a + pairs[0][:, None], b + (pairs[1] - pairs[0])[:, None]
    log_weight = shared @ (special.betaln(up, down) - special.betaln(a, b))
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    mean = (up / (up + down)) @ weight
    below = np.clip(special.betainc(up, down, min(1.0, max(0.0, target))) @ weight, 0.0, 1.0)
    order = which.ravel()
    return PooledRates(tuple(mean[order].tolist()), tuple(below[order].tolist()))


def _prior_counts() -> tuple[Floats, Floats]:
    """Return mu M and (1−mu) M over the grid, each flat of length 2,400."""
    rate = (np.arange(RATE_POINTS) + 0.5) / RATE_POINTS
    root = (np.arange(SPREAD_POINTS) + 0.5) / SPREAD_POINTS
    strength = 1 / root**2 - 1
    return np.outer(rate, strength).ravel(), np.outer(1 - rate, strength).ravel()
