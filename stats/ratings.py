"""Ratings of the same units by several raters, read once for every measure of agreement (statistics.md 2)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Finer differences come from arithmetic, not from a rater; scores have four decimals.
DECIMALS = 9

Floats = NDArray[np.float64]
Matrix = Sequence[Sequence[float | None]]


@dataclass(frozen=True, slots=True)
class Table:
    """Hold how often each of U units was given each of K values: values ascending (K), counts (U × K)."""

    values: Floats
    counts: Floats


def ratings_by_unit(matrix: Matrix) -> list[list[float]]:
    """Return each unit's ratings without the missing ones, from a matrix with a row per rater and a column per unit.

    None, or a number that is none, stands for missing. Raises ValueError when the rows differ in length.
    """
    if len({len(row) for row in matrix}) > 1:
        raise ValueError("every rater needs an entry for every unit, None where there is no rating")
    return [
        [round(float(rating), DECIMALS) for rating in unit if rating is not None and math.isfinite(rating)]
        for unit in zip(*matrix, strict=True)
    ]


def pairable(matrix: Matrix) -> list[list[float]]:
    """Return the ratings of the units that have at least two: a lone rating agrees with nobody."""
    return [unit for unit in ratings_by_unit(matrix) if len(unit) >= 2]


def tabulate(units: Sequence[Sequence[float]], *, declared: Sequence[float] = ()) -> Table:
    """Count the values of each unit, over the values seen and those declared."""
    values = np.unique(np.array([*declared, *(rating for unit in units for rating in unit)], dtype=np.float64))
    counts = np.zeros((len(units), values.size))
    for row, unit in zip(counts, units, strict=True):
        np.add.at(row, np.searchsorted(values, unit), 1.0)
    return Table(values, counts)
