"""Gwet's AC1 and AC2, which stay readable when one value dominates (statistics.md 2.1)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from stats.quantiles import TWO_SIDED, t_quantile
from stats.ratings import Floats, Matrix, Table, ratings_by_unit, tabulate

Weights = Literal["identity", "ordinal", "linear", "quadratic"]


@dataclass(frozen=True, slots=True)
class GwetAgreement:
    """Hold agreement seen (pa) and by chance (pe), the coefficient, its standard error and 95 % limits within −1 to 1.

    n: units with a rating. All None: no_pairs, or one_category when fewer than two are declared or seen.
    Only se and limits None: one_unit.
    """

    pa: float | None
    pe: float | None
    coefficient: float | None
    se: float | None
    lo: float | None
    hi: float | None
    n: int
    reason: str | None = None


def gwet(matrix: Matrix, *, weights: Weights, categories: Sequence[float] | None = None) -> GwetAgreement:
    """Measure agreement beyond chance by AC1 (weights "identity") or AC2 (the others, for ordered values).

    matrix: a row per rater, a column per unit, None where missing; categories: those declared, the ones seen are
    always counted in. Units with one rating tell how common a category is, so they count in pe and in the error.
    Raises ValueError on unknown weights or rows of unequal length.
    Source: Gwet, Handbook of Inter-Rater Reliability; checked against irrCAC.
    """
    if weights not in get_args(Weights):
        raise ValueError(f"weights must be one of {', '.join(get_args(Weights))}")
    table = tabulate([unit for unit in ratings_by_unit(matrix) if unit], declared=categories or ())
    n = len(table.counts)
    if not (table.counts.sum(axis=1) >= 2).any():
        return GwetAgreement(None, None, None, None, None, None, n, "no_pairs")
    if table.values.size < 2:
        return GwetAgreement(None, None, None, None, None, None, n, "one_category")
    return _coefficient(table, weight=_weight(table.values, weights=weights))


def _coefficient(table: Table, *, weight: Floats) -> GwetAgreement:
    counts, n, q = table.counts, len(table.counts), table.values.size
    ratings = counts.sum(axis=1)
    paired = ratings >= 2
    share = (counts / ratings[:, None]).mean(axis=0)
    scale = float(weight.sum()) / (q * (q - 1))
    agreeing = (counts * (counts @ weight - 1)).sum(axis=1) / np.where(paired, ratings * (ratings - 1), 1.0)
    pa, pe = float(agreeing[paired].mean()), scale * float((share * (1 - share)).sum())
    coefficient = (pa - pe) / (1 - pe)
    if n < 2:
        return GwetAgreement(pa, pe, coefficient, None, None, None, n, "one_unit")
    own = np.where(paired, n / paired.sum() * (agreeing - pe), 0.0) / (1 - pe)
    chance = scale * (counts @ (1 - share)) / ratings
    influence = own - 2 * (1 - coefficient) * (chance - pe) / (1 - pe)
    se = math.sqrt(float(((influence - coefficient) ** 2).sum()) / (n * (n - 1)))
    margin = t_quantile(TWO_SIDED, df=n - 1) * se
    return GwetAgreement(pa, pe, coefficient, se, max(-1.0, coefficient - margin), min(1.0, coefficient + margin), n)


def _weight(values: Floats, *, weights: Weights) -> Floats:
    """Return how far two categories agree, from 1 (the same) down to 0 (the furthest apart), q × q."""
    if weights == "identity":
        return np.eye(values.size)
    if weights == "ordinal":
        steps = np.abs(np.subtract.outer(np.arange(values.size), np.arange(values.size))).astype(np.float64)
        apart = steps * (steps + 1) / 2
    else:
        apart = np.abs(np.subtract.outer(values, values)) ** (1 if weights == "linear" else 2)
    return np.asarray(1 - apart / apart.max(), dtype=np.float64)
