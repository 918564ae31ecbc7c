"""Intraclass correlation of totals when every rater scored every unit (statistics.md 2.1)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special  # type: ignore[import-untyped, unused-ignore]

from stats.quantiles import TWO_SIDED
from stats.ratings import Floats, Matrix

# A difference below this share of the scores is rounding, not disagreement.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """Hold ICC(2,1) of one rater and ICC(2,k) of the mean of k raters with 95 % limits; n units.

    All None: incomplete (gaps: show alpha at interval level instead), too_few (below two units or raters) or
    no_variation (units do not differ at all). Single ones None: below_chance, where units differ so much less than
    raters do by chance that the ratio has no meaning.
    """

    n: int
    icc21: float | None = None
    icc21_lo: float | None = None
    icc21_hi: float | None = None
    icc2k: float | None = None
    icc2k_lo: float | None = None
    icc2k_hi: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _MeanSquares:
    """Hold n units, k raters and the mean squares between units, between raters and of the rest."""

    n: int
    k: int
    units: float
    raters: float
    rest: float


def icc(matrix: Matrix) -> IntraclassCorrelation:
    """Measure how far raters are interchangeable in absolute value, two-way random effects.

    matrix: a row per unit, a column per rater (the other way round than alpha's), no gaps. Raises ValueError when the
    rows differ in length. Source: Shrout and Fleiss 1979; limits as in R psych.
    """
    n = len(matrix)
    if len({len(row) for row in matrix}) > 1:
        raise ValueError("every unit needs an entry for every rater")
    if any(score is None or not math.isfinite(score) for row in matrix for score in row):
        return IntraclassCorrelation(n, reason="incomplete")
    if n < 2 or len(matrix[0]) < 2:
        return IntraclassCorrelation(n, reason="too_few")
    squares = _mean_squares(np.array(matrix, dtype=np.float64))
    if squares.units == 0 and squares.rest == 0:
        return IntraclassCorrelation(n, reason="no_variation")
    return _correlation(squares)


def _mean_squares(scores: Floats) -> _MeanSquares:
    n, k = scores.shape
    rounding = (ROUNDING * float(np.abs(scores).max())) ** 2 * scores.size
    scores = scores - scores.mean()
    units, raters = scores.mean(axis=1), scores.mean(axis=0)
    rest = scores - units[:, None] - raters[None, :]
    sums = [k * float((units**2).sum()), n * float((raters**2).sum()), float((rest**2).sum())]
    between_units, between_raters, left = (part if part > rounding else 0.0 for part in sums)
    return _MeanSquares(n, k, between_units / (n - 1), between_raters / (k - 1), left / ((n - 1) * (k - 1)))


def _correlation(squares: _MeanSquares) -> IntraclassCorrelation:
    n, k = squares.n, squares.k
    above = squares.units - squares.rest
    one = _ratio(above, squares.units + (k - 1) * squares.rest + k * (squares.raters - squares.rest) / n)
    mean = _ratio(above, squares.units + (squares.raters - squares.rest) / n)
    lo, hi = (None, None) if one is None else _limits(squares, correlation=one)
    found = (one, lo, hi, mean, _of_the_mean(lo, k=k), _of_the_mean(hi, k=k))
    return IntraclassCorrelation(n, *found, reason="below_chance" if None in found else None)


def _limits(squares: _MeanSquares, *, correlation: float) -> tuple[float | None, float | None]:
    n, k = squares.n, squares.k
    by_raters = k * correlation * squares.raters
    by_rest = (n * (1 + (k - 1) * correlation) - k * correlation) * squares.rest
    if by_raters == 0 and by_rest == 0:
        return correlation, correlation
    df = (k - 1) * (n - 1) * (by_raters + by_rest) ** 2 / ((n - 1) * by_raters**2 + by_rest**2)
    if df <= 0:
        return None, None
    lower = float(special.fdtri(n - 1, df, TWO_SIDED))
    upper = float(special.fdtri(df, n - 1, TWO_SIDED))
    spread = k * squares.raters + (k * n - k - n) * squares.rest
    return (
        _ratio(n * (squares.units - lower * squares.rest), lower * spread + n * squares.units),
        _ratio(n * (upper * squares.units - squares.rest), spread + n * upper * squares.units),
    )


def _of_the_mean(correlation: float | None, *, k: int) -> float | None:
    """Step one rater's correlation up to that of the mean of k (Spearman–Brown)."""
    return None if correlation is None else _ratio(k * correlation, 1 + (k - 1) * correlation)


def _ratio(part: float, whole: float) -> float | None:
    value = part / whole if whole > 0 else math.nan
    return value if math.isfinite(value) else None
