"""Has an agent changed? Weekly control charts for team leads, never for automatic plans (statistics.md 5.3)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stats.spread import LEAST_VARIANCE

LAMBDA = 0.2
# 11 % of unchanged agents alarm within a year at four reviews a week; 2.5 gives 15 %, 3.0 gives 6 %.
LIMIT = 2.7
SLACK = 0.5


@dataclass(frozen=True, slots=True)
class AlarmWeek:
    """Hold one week of the chart: s in standard errors of a week's mean, its lower limit, and whether it alarms."""

    s: float
    limit: float
    alarm: bool
    reason: str | None = None


def ewma(z: Sequence[float | None], *, lam: float = LAMBDA) -> list[float]:
    """Return the smoothed deviation over its exact standard deviation, week by week.

    z: standardised weekly deviations, None for a week without reviews (the state is kept); lam: in (0, 1].
    Zero until the first review. Source: Lucas and Saccucci 1990.
    """
    s = variance = 0.0
    path: list[float] = []
    for value in z:
        if value is not None:
            s, variance = _smoothed(s, value, lam=lam), _variance(variance, lam=lam)
        path.append(s / math.sqrt(variance) if variance > 0 else 0.0)
    return path


def ewma_alarm(
    ybar: Sequence[float | None],
    *,
    n: Sequence[float],
    mu: float,
    sd: float,
    v: float,
    lam: float = LAMBDA,
    L: float = LIMIT,
) -> list[AlarmWeek]:
    """Chart weekly means against a pooled baseline whose own error widens the limit.

    ybar, n: weekly mean in points and reviews (None or 0: state kept); mu, sd: the baseline's posterior in points;
    v: pooled variance of a score in squared points. limit = −L √(v_s + e²), e smooths sd/√(v/n).
    Scores that never varied (v ≤ 1e-12: less than the fourth decimal of a score can make) give no alarm and the
    reason no_variation. Raises ValueError on unequal lengths.
    """
    s = variance = error = 0.0
    weeks: list[AlarmWeek] = []
    for mean, count in zip(ybar, n, strict=True):
        if v > LEAST_VARIANCE and mean is not None and count > 0:
            unit = math.sqrt(v / count)
            s, variance = _smoothed(s, (mean - mu) / unit, lam=lam), _variance(variance, lam=lam)
            error = _smoothed(error, sd / unit, lam=lam)
        limit = -L * math.sqrt(variance + error * error)
        weeks.append(AlarmWeek(s, limit, s < limit, None if v > LEAST_VARIANCE else "no_variation"))
    return weeks


def cusum_down(z: Sequence[float | None], *, k: float = SLACK) -> list[float]:
    """Return the lower one-sided CUSUM path, C = max(0, C − z − k); a week without reviews keeps it.

    z: standardised weekly deviations; k: slack in standard errors. Source: Page 1954.
    """
    level = 0.0
    path: list[float] = []
    for value in z:
        level = level if value is None else max(0.0, level - value - k)
        path.append(level)
    return path


def _smoothed(state: float, value: float, *, lam: float) -> float:
    return (1 - lam) * state + lam * value


def _variance(variance: float, *, lam: float) -> float:
    return (1 - lam) ** 2 * variance + lam**2
