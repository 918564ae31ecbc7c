"""The few quantiles and tail areas the formulas need, typed, from scipy.special (scipy.stats costs three seconds)."""

from __future__ import annotations

import math

from scipy import special  # type: ignore[import-untyped, unused-ignore]

CONFIDENCE = 0.95
TWO_SIDED = 1 - (1 - CONFIDENCE) / 2


def normal_quantile(probability: float) -> float:
    """Return the standard normal quantile of a probability in (0, 1)."""
    return float(special.ndtri(probability))


def t_quantile(probability: float, *, df: float) -> float:
    """Return Student's t quantile for df > 0, whole or not; an infinite df gives the normal quantile."""
    if math.isinf(df):
        return normal_quantile(probability)
    return float(special.stdtrit(df, probability))


def chi2_quantile(probability: float, *, df: float) -> float:
    """Return the chi-square quantile of a probability in (0, 1) for df > 0, whole or not."""
    return 2 * float(special.gammaincinv(df / 2, probability))


def normal_below(value: float) -> float:
    """Return the standard normal probability of a smaller value."""
    return float(special.ndtr(value))
