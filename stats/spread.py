"""Do effects differ by more than their own errors (statistics.md 4.2)?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEAST_VARIANCE = 1e-12
"""Squared points. Scores have four decimals: what is smaller than their rounding is no variance but none."""


def tau2_dl(e: Sequence[float], *, V: Sequence[float]) -> float:
    """Estimate the variance between true effects from e with known variances V; at least 0, and 0 below two of them.

    e: points; V: squared points, > 0, same length. Raises ValueError on unequal lengths or a variance that is not
    positive. Source: DerSimonian and Laird 1986.
    """
    if len(e) != len(V):
        raise ValueError("e and V must have the same length")
    effect, variance = np.array(e, dtype=np.float64), np.array(V, dtype=np.float64)
    if (variance <= 0).any():
        raise ValueError("every variance must be positive")
    if effect.size < 2:
        return 0.0
    weight = 1 / variance
    spread = float((weight * (effect - weighted_mean(effect, weight=weight)) ** 2).sum())
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    return max(0.0, (spread - (effect.size - 1)) / scale) if scale > 0 else 0.0


def inflation(effect: Floats, *, weight: Floats) -> float:
    """Return by how much effects differ beyond their own variances, at least 1."""
    if effect.size < 2:
        return 1.0
    spread = float((weight * (effect - weighted_mean(effect, weight=weight)) ** 2).sum())
    return max(1.0, spread / (effect.size - 1))


def weighted_mean(effect: Floats, *, weight: Floats) -> float:
    return float((weight * effect).sum() / weight.sum())
