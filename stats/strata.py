"""Means over strata, and over rolling windows whose weeks are strata (statistics.md 1.4, 1.6)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypedDict

from stats.estimates import Estimate, finite_population_factor, t_interval
from stats.moments import Moments, moments, pooled_var


class Stratum(TypedDict):
    """Name the scores y (points) of a simple random sample of the N units of a stratum."""

    N: int
    y: Sequence[float]


@dataclass(frozen=True, slots=True)
class StratumMoments:
    """Hold a stratum as it is stored: N units, and the moments of the reviewed ones."""

    N: float
    moments: Moments


@dataclass(frozen=True, slots=True)
class RollingEstimate:
    """Hold a window's mean with the number of its weeks that had conversations, and of those with a review."""

    estimate: Estimate
    weeks: int
    weeks_covered: int


def stratified_mean(strata: Sequence[Stratum], *, v_pool: float | None = None) -> Estimate:
    """Weight stratum means by W_h = N_h/N, with Satterthwaite's df (statistics.md 1.4).

    A stratum with one review takes v_pool (squared points), or without it the pooled variance of the others;
    it adds to the variance but not to df. A stratum with N_h = 0 is left out; one that has units but no review
    makes the mean unknown. Source: Cochran 1977, 5.4 and 5.16.
    """
    return stratified_moments(
        [StratumMoments(stratum["N"], moments(stratum["y"])) for stratum in strata], v_pool=v_pool
    )


def stratified_moments(strata: Sequence[StratumMoments], *, v_pool: float | None = None) -> Estimate:
    """Do the work of stratified_mean from stored moments, without the single scores."""
    filled = [stratum for stratum in strata if stratum.N > 0]
    if not any(stratum.moments.n for stratum in filled):
        return Estimate(None, reason="no_reviews")
    if any(stratum.moments.mean is None for stratum in filled):
        return Estimate(None, reason="stratum_without_reviews")
    size = math.fsum(stratum.N for stratum in filled)
    mean = math.fsum(stratum.N / size * (stratum.moments.mean or 0.0) for stratum in filled)
    spare = pooled_var([s.moments.n for s in filled], s2=[s.moments.s2 for s in filled]).v if v_pool is None else v_pool
    parts = [_variance_part(stratum, size=size, spare=spare) for stratum in filled]
    if None in parts:
        return Estimate(mean, reason="one_review_per_stratum")
    known = [part or 0.0 for part in parts]
    return t_interval(mean, se=math.sqrt(math.fsum(known)), df=_satterthwaite(known, filled))


def effective_sums(strata: Sequence[tuple[float, int, float]]) -> tuple[float, float]:
    """Put the strata of one agent and period together for sums over periods: (n_eff, Σy of so many).

    strata: (N units, n reviews, Σy) each; those without a review are presumed to be like the others. With a variance
    that is the same in all of them, V = v Σ W_h²/n_h = v/n_eff, and Σy = n_eff ȳ_st. One stratum gives its own n and
    Σy; sampled in proportion, n_eff is the number of reviews. Source: Cochran 1977, 5.6; Kish 1965.
    """
    seen = [(size, n, total) for size, n, total in strata if size > 0 and n > 0]
    if len(seen) < 2:
        return (float(seen[0][1]), float(seen[0][2])) if seen else (0.0, 0.0)
    whole = math.fsum(size for size, _n, _total in seen)
    mean = math.fsum(size / whole * total / n for size, n, total in seen)
    effective = 1 / math.fsum((size / whole) ** 2 / n for size, n, _total in seen)
    return effective, effective * mean


def rolling_mean(weeks: Sequence[StratumMoments], *, v_pool: float | None = None) -> RollingEstimate:
    """Average a window of weeks, oldest first, each weighted by its conversations (statistics.md 1.6)."""
    held = [week for week in weeks if week.N > 0]
    covered = sum(1 for week in held if week.moments.n)
    return RollingEstimate(stratified_moments(merge_empty(held), v_pool=v_pool), len(held), covered)


def merge_empty(strata: Iterable[StratumMoments]) -> list[StratumMoments]:
    """Merge each stratum without a review into the one before it, or at the start into the one after it."""
    merged: list[StratumMoments] = []
    for stratum in strata:
        last = merged[-1] if merged else None
        if last is not None and (stratum.moments.n == 0 or last.moments.n == 0):
            merged[-1] = StratumMoments(last.N + stratum.N, last.moments + stratum.moments)
        else:
            merged.append(stratum)
    return merged


def _variance_part(stratum: StratumMoments, *, size: float, spare: float | None) -> float | None:
    n = stratum.moments.n
    open_share = finite_population_factor(n, N=stratum.N)
    if open_share == 0:
        return 0.0
    variance = spare if stratum.moments.s2 is None else stratum.moments.s2
    return None if variance is None else (stratum.N / size) ** 2 * open_share * variance / n


def _satterthwaite(parts: Sequence[float], strata: Sequence[StratumMoments]) -> float:
    below = math.fsum(
        part * part / (stratum.moments.n - 1)
        for part, stratum in zip(parts, strata, strict=True)
        if stratum.moments.n > 1
    )
    if below > 0:
        return math.fsum(parts) ** 2 / below
    # Nothing varied: the plain degrees of freedom; only borrowed variance: none of our own, so the normal quantile.
    own = sum(stratum.moments.n - 1 for stratum in strata)
    return float(own) if own > 0 and math.fsum(parts) == 0 else math.inf
