"""Summaries of several coaching plans: their effects together, and how long something usually took."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special  # type: ignore[import-untyped, unused-ignore]

from stats.quantiles import TWO_SIDED, normal_quantile, t_quantile
from stats.spread import LEAST_VARIANCE, inflation, weighted_mean

LEAST_FOR_INTERVAL = 6
"""Below six values no two of them hold the median with 95 % (2 · 0.5⁵ = 6.25 %)."""


@dataclass(frozen=True, slots=True)
class PooledEffect:
    """Hold the effect of K plans together in points, with 95 % limits; None and a reason when there is none.

    no_effects: no plan has one; no_variance: one of them is said to be without any error.
    """

    effect: float | None
    lo: float | None
    hi: float | None
    K: int
    reason: str | None = None


def pooled_effects(effects: Sequence[float], *, own: Sequence[float], shift_variance: Sequence[float]) -> PooledEffect:
    """Average the effects of plans on one skill that may differ in time (statistics.md 4.2, the programme's formula).

    effects: points; own: g V + ω² of each, > 0, else there is no weight and no_variance is the answer; shift_variance:
    V_δ of each, squared points. Weights 1/own, se² = max(1, Q/(K−1))/Σw + V̄_δ, V̄_δ being the weighted mean: as if all
    shared one shift, the widest case. t with K − 1 df, normal for one plan, so that it agrees with the plan's own page.
    Raises ValueError on unequal lengths.
    """
    if not len(effects) == len(own) == len(shift_variance):
        raise ValueError("every effect needs both variances")
    K = len(effects)
    if K == 0:
        return PooledEffect(None, None, None, 0, "no_effects")
    if min(own) < LEAST_VARIANCE:
        return PooledEffect(None, None, None, K, "no_variance")
    values, weight = np.array(effects, dtype=np.float64), 1 / np.array(own, dtype=np.float64)
    mean = weighted_mean(values, weight=weight)
    common = weighted_mean(np.array(shift_variance, dtype=np.float64), weight=weight)
    se = math.sqrt(inflation(values, weight=weight) / float(weight.sum()) + common)
    width = normal_quantile(TWO_SIDED) if K == 1 else t_quantile(TWO_SIDED, df=K - 1)
    return PooledEffect(mean, mean - width * se, mean + width * se, K)


@dataclass(frozen=True, slots=True)
class Median:
    """Hold a median with limits that hold the true one with at least 95 %; limits None and too_few below six."""

    median: float | None
    lo: float | None
    hi: float | None
    n: int
    reason: str | None = None


def median_interval(values: Sequence[float]) -> Median:
    """Return the median and the order statistics around it, without assuming any shape.

    The k-th smallest and largest, k the most with P(Binomial(n, ½) < k) <= 2.5 %. Source: Thompson 1936.
    """
    ordered = sorted(values)
    n = len(ordered)
    if n == 0:
        return Median(None, None, None, 0, "no_values")
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    if n < LEAST_FOR_INTERVAL:
        return Median(middle, None, None, n, "too_few")
    k = max(k for k in range(1, n // 2 + 1) if k == 1 or special.bdtr(k - 1, n, 0.5) <= 1 - TWO_SIDED)
    return Median(middle, ordered[k - 1], ordered[n - k], n)
