"""Sufficient statistics of scores (statistics.md 6): parts add up to exactly what the whole would give."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce


@dataclass(frozen=True, slots=True)
class Moments:
    """Hold n scores as their number, mean and variance.

    mean is None at n = 0, s2 (divisor n - 1, squared points) is None below n = 2; reason then says which.
    """

    n: int
    mean: float | None
    s2: float | None
    reason: str | None = None

    def __add__(self, other: Moments) -> Moments:
        return _combine(self, other)


@dataclass(frozen=True, slots=True)
class PooledVariance:
    """Hold a variance v in squared points with its degrees of freedom; v is None when nobody has two scores."""

    v: float | None
    df: float
    reason: str | None = None


def moments(scores: Iterable[float]) -> Moments:
    """Summarise scores in points by two passes, so that equal scores have a variance of exactly zero."""
    values = [float(score) for score in scores]
    if not values:
        return Moments(0, None, None, "no_reviews")
    mean = math.fsum(values) / len(values)
    if min(values) == max(values):
        mean = values[0]
    return _with_spread(len(values), mean, math.fsum((value - mean) ** 2 for value in values))


def moments_from_sums(n: int, *, total: int, squares: int, scale: int = 10_000) -> Moments:
    """Read a stored cell: n, Σy and Σy² as whole numbers of 1/scale points (and its square).

    The subtraction n Σy² − (Σy)² is done in whole numbers, so no digits cancel however long the cell is kept.
    """
    if n <= 0:
        return Moments(0, None, None, "no_reviews")
    deviation = max(0, n * squares - total * total)
    return _with_spread(n, total / (n * scale), deviation / (n * scale * scale))


def merge(parts: Iterable[Sequence[float]]) -> Moments:
    """Merge batches of scores; the result does not depend on how they were cut into parts.

    Source: Chan, Golub, LeVeque 1979 for the pairwise update of mean and sum of squares.
    """
    return reduce(_combine, (moments(part) for part in parts), Moments(0, None, None, "no_reviews"))


def pooled_var(n: Sequence[float], *, s2: Sequence[float | None]) -> PooledVariance:
    """Pool variances over agents: Σ(n−1)s² / Σ(n−1) over those with n > 1 (statistics.md 1.6).

    n: reviews per agent, or Kish effective numbers; s2: squared points, same length, ignored where n <= 1.
    Raises ValueError when the lengths differ.
    """
    pairs = [(count - 1, variance) for count, variance in zip(n, s2, strict=True) if count > 1 and variance is not None]
    df = math.fsum(weight for weight, _ in pairs)
    if df <= 0:
        return PooledVariance(None, 0.0, "no_agent_with_two_reviews")
    return PooledVariance(math.fsum(weight * variance for weight, variance in pairs) / df, df)


def _combine(left: Moments, right: Moments) -> Moments:
    if left.mean is None:
        return right
    if right.mean is None:
        return left
    n = left.n + right.n
    gap = right.mean - left.mean
    mean = left.mean + gap * right.n / n
    return _with_spread(n, mean, _spread(left) + _spread(right) + gap * gap * left.n * right.n / n)


def _spread(part: Moments) -> float:
    return 0.0 if part.s2 is None else part.s2 * (part.n - 1)


def _with_spread(n: int, mean: float, spread: float) -> Moments:
    if n == 1:
        return Moments(1, mean, None, "one_review")
    return Moments(n, mean, spread / (n - 1))
