"""Intervals that hold at small n (statistics.md 1.6): moderated variance for scores, Wilson's for pass rates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stats.estimates import finite_population_factor, hajek, valid_probabilities, weighted_mean
from stats.moments import Moments, PooledVariance
from stats.quantiles import TWO_SIDED, chi2_quantile, normal_quantile, t_quantile
from stats.strata import StratumMoments, merge_empty

# How many reviews the team's variance counts for; chosen on one simulated world, checked on two others.
D0 = 8
SCALE = (0.0, 100.0)


@dataclass(frozen=True, slots=True)
class ScoreInterval:
    """Hold an agent's mean with the moderated variance, its standard error and 95 % limits inside [0, 100]."""

    mean: float | None
    var: float | None = None
    se: float | None = None
    df: float | None = None
    lo: float | None = None
    hi: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class WeightedScoreInterval:
    """Hold the weighted form: n_eff is Kish's effective number, s2 the own variance (None at n = 1)."""

    mean: float | None
    n_eff: float | None = None
    s2: float | None = None
    var: float | None = None
    se: float | None = None
    df: float | None = None
    lo: float | None = None
    hi: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RateInterval:
    """Hold a pass rate with its 95 % limits, all shares in [0, 1]."""

    p: float | None
    lo: float | None = None
    hi: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SpreadInterval:
    """Hold a standard deviation with its 95 % limits, all in points."""

    sd: float | None
    lo: float | None = None
    hi: float | None = None
    reason: str | None = None


def sd_interval(pooled: PooledVariance) -> SpreadInterval:
    """Return the 95 % limits of the standard deviation behind a (pooled) variance: s√(df/χ²).

    They hold for normal scores; heavier tails make them too narrow. No limits below one degree of freedom.
    """
    if pooled.v is None:
        return SpreadInterval(None, reason=pooled.reason)
    if pooled.df < 1:
        return SpreadInterval(math.sqrt(pooled.v), reason="no_agent_with_two_reviews")
    lo, hi = (
        math.sqrt(pooled.v * pooled.df / chi2_quantile(share, df=pooled.df)) for share in (TWO_SIDED, 1 - TWO_SIDED)
    )
    return SpreadInterval(math.sqrt(pooled.v), lo, hi)


def score_interval(
    n: float, *, ybar: float | None, s2: float | None, v_team: float | None, N: float | None = None
) -> ScoreInterval:
    """Interval of one agent's raw mean: v* = (8 v_team + (n−1)s²)/(8+n−1), t with 7+n df, clipped to the scale.

    n: reviews; ybar: their mean in points; s2: their variance (ignored at n = 1); v_team: pooled_var over the team;
    N: eligible units of the period, None for the agent's level rather than this period's average.
    n = 0 or no team variance gives no interval. Source: moderated t (Smyth 2004) with fixed d0.
    """
    if n <= 0 or ybar is None:
        return ScoreInterval(None, reason="no_reviews")
    if v_team is None or (n > 1 and s2 is None):
        return ScoreInterval(ybar, reason="no_team_variance" if v_team is None else "no_variance")
    variance = (D0 * v_team + (n - 1) * (s2 or 0.0)) / (D0 + n - 1)
    se = math.sqrt(finite_population_factor(n, N=N) * variance / n)
    df = D0 + n - 1.0
    lo, hi = _clipped(ybar, margin=t_quantile(TWO_SIDED, df=df) * se)
    return ScoreInterval(ybar, variance, se, df, lo, hi)


def rolling_score_interval(weeks: Sequence[StratumMoments], *, v_team: float | None) -> ScoreInterval:
    """Interval of one agent's mean over a window of weeks: weighted by conversations, variance moderated, clipped.

    weeks: oldest first, N conversations and the moments of the reviewed ones each; a week without a review is merged
    with its neighbour. v_team: squared points, pooled_var over the team. The mean is the stratified one of 1.4; each
    week's variance is v* = (8 v_team + (n−1)s²)/(7+n) with n and s² of the whole window, t with 7+n df.
    One week gives score_interval. No review or no team variance gives no interval.
    """
    held = merge_empty([week for week in weeks if week.N > 0])
    whole = sum((week.moments for week in held), Moments(0, None, None))
    plain = score_interval(whole.n, ybar=whole.mean, s2=whole.s2, v_team=v_team)
    if plain.var is None:
        return plain
    size = math.fsum(week.N for week in held)
    mean = math.fsum(week.N / size * (week.moments.mean or 0.0) for week in held)
    parts = [
        (week.N / size) ** 2 * finite_population_factor(week.moments.n, N=week.N) * plain.var / week.moments.n
        for week in held
    ]
    se, df = math.sqrt(math.fsum(parts)), D0 + whole.n - 1.0
    lo, hi = _clipped(mean, margin=t_quantile(TWO_SIDED, df=df) * se)
    return ScoreInterval(mean, plain.var, se, df, lo, hi)


def hajek_score_interval(
    y: Sequence[float],
    *,
    pi: Sequence[float],
    v_team: float | None,
    N: float | None = None,
    share: Sequence[float] | None = None,
) -> WeightedScoreInterval:
    """Interval of one agent's Hájek mean over the random and targeted pools, with moderated variance.

    y: scores in points; pi: inclusion probabilities in (0, 1], same length; v_team: weighted by n_eff − 1;
    N: eligible units, None for no correction; share: as hajek takes it. Equal pi gives score_interval. Raises
    ValueError on unequal lengths.
    """
    if len(y) != len(pi) or (share is not None and len(y) != len(share)):
        raise ValueError("y and pi must have the same length")
    if not y:
        return WeightedScoreInterval(None, reason="no_reviews")
    if not valid_probabilities(pi):
        return WeightedScoreInterval(None, reason="unknown_inclusion_probability")
    scores, rates = np.asarray(y, dtype=float), np.asarray(pi, dtype=float)
    weights = (1.0 if share is None else np.asarray(share, dtype=float)) / rates
    size, mean, n_eff = weighted_mean(scores, weights=weights)
    n = len(y)
    s2 = float(weights @ (scores - mean) ** 2) / size * n / (n - 1) if n > 1 else None
    plain = score_interval(n_eff, ybar=mean, s2=s2 or 0.0, v_team=v_team, N=N)
    return WeightedScoreInterval(mean, n_eff, s2, plain.var, plain.se, plain.df, plain.lo, plain.hi, plain.reason)


def wilson(x: float, *, n: float, N: float | None = None) -> RateInterval:
    """Wilson score interval of a pass rate x/n, exact when all N units were reviewed.

    A finite N replaces n by n(N−1)/(N−n). n = 0 gives no number. Source: Wilson 1927; statistics.md 1.6.
    Raises ValueError unless 0 <= x <= n.
    """
    if n <= 0:
        return RateInterval(None, reason="no_reviews")
    if not 0 <= x <= n:
        raise ValueError("x must lie between 0 and n")
    if N is not None and n >= N:
        return RateInterval(x / n, x / n, x / n)
    return _wilson(x / n, n=n if N is None else n * (N - 1) / (N - n))


def hajek_pass_rate(passed: Sequence[bool], *, pi: Sequence[float]) -> RateInterval:
    """Wilson interval of a weighted pass rate with n* = p(1−p)/V, or Kish's n_eff when V = 0.

    passed: one per reviewed unit; pi: its inclusion probability in (0, 1]. Raises ValueError on unequal lengths.
    """
    share = hajek([float(outcome) for outcome in passed], pi=pi)
    if share.mean is None or share.n_eff is None:
        return RateInterval(None, reason=share.reason)
    if all(rate == 1 for rate in pi):
        return RateInterval(share.mean, share.mean, share.mean)
    rate = min(1.0, max(0.0, share.mean))
    variance = (share.se or 0.0) ** 2
    return _wilson(rate, n=rate * (1 - rate) / variance if variance > 0 else share.n_eff)


def wilson_half_width(p: float, *, n: float) -> float:
    """Return half the width of the Wilson interval for a share p at n > 0 (which need not be whole)."""
    z = normal_quantile(TWO_SIDED)
    return z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))


def _wilson(p: float, *, n: float) -> RateInterval:
    z2 = normal_quantile(TWO_SIDED) ** 2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = wilson_half_width(p, n=n)
    return RateInterval(p, max(0.0, centre - half), min(1.0, centre + half))


def _clipped(mean: float, *, margin: float) -> tuple[float, float]:
    lowest, highest = SCALE
    return min(highest, max(lowest, mean - margin)), max(lowest, min(highest, mean + margin))
