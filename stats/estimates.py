"""Means with their design-based standard errors (statistics.md 1.4, 1.5): one stratum, several, or known inclusion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stats.moments import moments
from stats.quantiles import TWO_SIDED, t_quantile


@dataclass(frozen=True, slots=True)
class Estimate:
    """Hold a mean in points with its standard error and 95 % limits, not clipped to the scale.

    A field without a number is None and reason says why. df is None when there is no t quantile to take
    (no interval, or a variance known from elsewhere, which uses the normal quantile).
    """

    mean: float | None
    se: float | None = None
    lo: float | None = None
    hi: float | None = None
    df: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class WeightedEstimate:
    """Hold a Hájek mean: N_hat estimated conversations, n_eff Kish's effective number, ht_total the estimated Σy."""

    mean: float | None
    N_hat: float | None = None
    se: float | None = None
    se_poisson: float | None = None
    n_eff: float | None = None
    lo: float | None = None
    hi: float | None = None
    ht_total: float | None = None
    reason: str | None = None


def srs_mean(y: Sequence[float], *, N: int | None = None) -> Estimate:
    """Estimate the mean of N units from a simple random sample y of them, with its own variance.

    y: scores in points; N: size of the frame, None for no finite population correction.
    n = 0 gives no number, n = 1 a mean without an interval. Source: Cochran 1977, 2.5 and 2.6.
    """
    sample = moments(y)
    if sample.mean is None:
        return Estimate(None, reason=sample.reason)
    if sample.s2 is None:
        return Estimate(sample.mean, df=0, reason=sample.reason)
    se = math.sqrt(finite_population_factor(sample.n, N=N) * sample.s2 / sample.n)
    return t_interval(sample.mean, se=se, df=sample.n - 1)


def hajek(y: Sequence[float], *, pi: Sequence[float], share: Sequence[float] | None = None) -> WeightedEstimate:
    """Estimate a mean from units reviewed with known inclusion probabilities (statistics.md 1.5).

    y: scores in points; pi: probabilities in (0, 1], same length; share: for how much of a unit a score counts, in
    (0, 1], where a unit is measured in several ways whose mean it is (1 for each without it). se carries the
    small-sample factor n/(n−1), se_poisson does not (it is survey's); df = max(1, n_eff − 1). One review gives no
    interval. A probability outside (0, 1] gives no number. Raises ValueError when the lengths differ.
    """
    n = len(y)
    if n != len(pi) or (share is not None and n != len(share)):
        raise ValueError("y and pi must have the same length")
    if n == 0:
        return WeightedEstimate(None, reason="no_reviews")
    if not valid_probabilities(pi):
        return WeightedEstimate(None, reason="unknown_inclusion_probability")
    scores, rates = np.asarray(y, dtype=float), np.asarray(pi, dtype=float)
    weights = (1.0 if share is None else np.asarray(share, dtype=float)) / rates
    size, mean, effective = weighted_mean(scores, weights=weights)
    known = WeightedEstimate(mean, N_hat=size, n_eff=effective, ht_total=float(weights @ scores), reason="one_review")
    if n == 1:
        return known
    poisson = float(((1 - rates) * (weights * (scores - mean)) ** 2).sum()) / size**2
    interval = t_interval(mean, se=math.sqrt(poisson * n / (n - 1)), df=max(1.0, effective - 1))
    return WeightedEstimate(
        mean, size, interval.se, math.sqrt(poisson), effective, interval.lo, interval.hi, known.ht_total
    )


def difference_mean(y: Sequence[float], *, x: Sequence[float], x_all: Sequence[float]) -> Estimate:
    """Correct the mean of an automatic score by the random reviews: mean(x_all) + mean(y − x) (statistics.md 1.5).

    y, x: human and automatic score of the same n random units; x_all: automatic scores of all N units.
    Unbiased whatever the automatic score is worth. Fewer than 30 random reviews give no number.
    Source: Cochran 1977, 7.2. Raises ValueError when y and x differ in length.
    """
    gaps = [human - automatic for human, automatic in zip(y, x, strict=True)]
    if len(gaps) < 30:
        return Estimate(None, reason="fewer_than_30_random_reviews")
    correction = srs_mean(gaps, N=len(x_all))
    centre = math.fsum(x_all) / len(x_all) if x_all else 0.0
    # Thirty or more reviews always have a mean and a standard error.
    return t_interval(centre + (correction.mean or 0.0), se=correction.se or 0.0, df=len(gaps) - 1)


def weighted_mean(
    scores: np.ndarray[tuple[int], np.dtype[np.float64]], *, weights: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> tuple[float, float, float]:
    """Return Σw, the weighted mean and Kish's effective number (Σw)²/Σw² of at least one score."""
    size = float(weights.sum())
    # Taken around one score, so that equal scores give exactly that score and a spread of exactly zero.
    mean = float(scores[0] + weights @ (scores - scores[0]) / size)
    return size, mean, size**2 / float(weights @ weights)


def valid_probabilities(pi: Sequence[float]) -> bool:
    """Tell whether every inclusion probability lies in (0, 1]."""
    return all(0 < rate <= 1 for rate in pi)


def finite_population_factor(n: float, *, N: float | None) -> float:
    """Return 1 − n/N, never below zero; 1 when N is not given."""
    return 1.0 if N is None else max(0.0, 1 - n / N) if N > 0 else 0.0


def t_interval(mean: float, *, se: float, df: float) -> Estimate:
    """Put the two-sided 95 % t limits around a mean; an infinite df is reported as None."""
    margin = t_quantile(TWO_SIDED, df=df) * se if se > 0 else 0.0
    return Estimate(mean, se, mean - margin, mean + margin, None if math.isinf(df) else df)
