"""How far ratings lie from each other and from an agreed score (statistics.md 2.1)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from stats.quantiles import TWO_SIDED, t_quantile
from stats.ratings import Matrix, pairable

# Scores have four decimals: half of the last one, so that 72.3 and 77.3 count as 5 apart.
SAME = 5e-5


@dataclass(frozen=True, slots=True)
class BenchmarkDeviation:
    """Hold over n units a reviewer's bias (points, + = lenient) with 95 % limits, mad, rmse and the exact share.

    All None: no_pairs. Only the limits None: one_score.
    """

    n: int
    bias: float | None = None
    bias_lo: float | None = None
    bias_hi: float | None = None
    mad: float | None = None
    rmse: float | None = None
    exact: float | None = None
    reason: str | None = None


def pairwise_agreement(matrix: Matrix, *, tol: float = 0.0) -> float | None:
    """Return the share of pairs of ratings at most tol apart, averaged over units with two ratings or more.

    matrix: a row per rater, a column per unit, None where missing; tol: in the ratings' own unit, 5 for "within 5
    points". None says that no unit has two ratings. Raises ValueError when the rows differ in length.
    """
    units = pairable(matrix)
    if not units:
        return None
    return fmean(fmean(abs(one - other) <= tol + SAME for one, other in combinations(unit, 2)) for unit in units)


def benchmark_deviation(scores: Sequence[float | None], *, benchmark: Sequence[float | None]) -> BenchmarkDeviation:
    """Compare one reviewer's scores with the agreed ones: bias answers "strict or lenient", mad "how far".

    scores, benchmark: points, same length and order; a unit that lacks either is left out. Limits: t with n − 1.
    Raises ValueError when the lengths differ.
    """
    pairs = [
        (own, agreed) for own, agreed in zip(scores, benchmark, strict=True) if own is not None and agreed is not None
    ]
    apart = [own - agreed for own, agreed in pairs]
    n = len(apart)
    if n == 0:
        return BenchmarkDeviation(0, reason="no_pairs")
    bias = fmean(apart)
    mad, rmse = fmean(map(abs, apart)), math.sqrt(fmean(d * d for d in apart))
    exact = fmean(abs(d) <= SAME for d in apart)
    if n == 1:
        return BenchmarkDeviation(1, bias, None, None, mad, rmse, exact, "one_score")
    se = math.sqrt(math.fsum((d - bias) ** 2 for d in apart) / (n - 1) / n)
    margin = t_quantile(TWO_SIDED, df=n - 1) * se
    return BenchmarkDeviation(n, bias, bias - margin, bias + margin, mad, rmse, exact)
