"""Partial pooling of means (statistics.md 1.7): the one engine behind rankings, baselines and triggers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special  # type: ignore[import-untyped, unused-ignore]

TAU_MAX = 50.0
GRID = 100
# A grid point is worth refining when it carries more than this share of the likeliest one's weight.
NEGLIGIBLE = 1e-9

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PooledMeans:
    """Hold per agent the posterior mean and sd in points, and of the group mu (its mean) and tau (its spread).

    An agent without data gets the group's prediction. No agent with data: every entry None, reason no_reviews.
    One agent with data: its own mean and standard error, and reason one_agent, for there is nothing to borrow.
    """

    mean: tuple[float | None, ...]
    sd: tuple[float | None, ...]
    mu: float | None
    tau: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Posterior:
    """Hold the mixture over tau: weight, tau, group mean less centre (G); agents' mean less raw, variance (K × G).

    Means are kept as differences so that certain values (no spread, one agent) come back to the last digit.
    """

    weight: Floats
    tau: Floats
    raw: Floats
    centre: float
    group: Floats
    moved: Floats
    S: Floats


def hier_normal(ybar: Sequence[float | None], *, V: Sequence[float | None], tau_max: float = TAU_MAX) -> PooledMeans:
    """Shrink agents' means towards their group's: ȳ_i ~ N(θ_i, V_i), θ_i ~ N(mu, τ²), mu flat, τ ~ U(0, tau_max).

    ybar: raw means in points; V: their variances v_pooled/n_i in squared points; None in either, or an infinite V,
    stands for an agent without reviews. tau_max: half the scale. Deterministic: 100 midpoints where the mass is.
    Raises ValueError when the lengths differ or tau_max is not positive. Source: Gelman et al., BDA3, 5.4.
    """
    posterior = _posterior(ybar, V=V, tau_max=tau_max)
    if posterior is None:
        nothing = (None,) * len(ybar)
        return PooledMeans(nothing, nothing, None, None, "no_reviews")
    moved = posterior.moved @ posterior.weight
    # Spread around the mean, not E[M²] − mean²: the difference of two large numbers could fall below zero.
    variance = (posterior.S + (posterior.moved - moved[:, None]) ** 2) @ posterior.weight
    return PooledMeans(
        tuple((posterior.raw + moved).tolist()),
        tuple(np.sqrt(variance).tolist()),
        posterior.centre + float(posterior.group @ posterior.weight),
        float(posterior.tau @ posterior.weight),
        "one_agent" if _with_data(ybar, V=V) == 1 else None,
    )


def hier_prob_below(
    ybar: Sequence[float | None], *, V: Sequence[float | None], target: float, tau_max: float = TAU_MAX
) -> list[float | None]:
    """Return per agent the posterior probability that the true mean lies below target, under hier_normal.

    target: points. All None when no agent has a review. Raises ValueError when the lengths differ.
    """
    posterior = _posterior(ybar, V=V, tau_max=tau_max)
    if posterior is None:
        return [None] * len(ybar)
    gap = (target - posterior.raw)[:, None] - posterior.moved
    spread = np.sqrt(posterior.S)
    certain = np.where(gap > 0, np.inf, -np.inf)
    standardised = np.divide(gap, spread, out=certain, where=spread > 0)
    below = special.ndtr(standardised) @ posterior.weight
    return [float(chance) for chance in np.clip(below, 0.0, 1.0)]


def _posterior(ybar: Sequence[float | None], *, V: Sequence[float | None], tau_max: float) -> _Posterior | None:
    means, variances = _observed(ybar, V=V)
    if tau_max <= 0:
        raise ValueError("tau_max must be positive")
    seen = np.isfinite(variances)
    if not seen.any():
        return None
    centre = float(means[seen].mean())
    means[~seen] = centre
    means -= centre
    coarse = _midpoints(0.0, tau_max)
    weight = _weights(means, variances, tau=coarse)[0]
    held = np.flatnonzero(weight > NEGLIGIBLE * weight.max())
    step = tau_max / GRID
    tau = _midpoints(max(0.0, coarse[held[0]] - 1.5 * step), min(tau_max, coarse[held[-1]] + 1.5 * step))
    weight, group, mu_variance = _weights(means, variances, tau=tau)
    pull = _pull(variances, tau=tau)
    moved = pull * (group - means[:, None])
    return _Posterior(weight, tau, means + centre, centre, group, moved, pull * tau**2 + pull**2 * mu_variance)


def _observed(ybar: Sequence[float | None], *, V: Sequence[float | None]) -> tuple[Floats, Floats]:
    """Return means and variances as arrays, with 0 and infinity where there is no review."""
    if len(ybar) != len(V):
        raise ValueError("ybar and V must have the same length")
    variances = np.array(
        [math.inf if mean is None or variance is None else variance for mean, variance in zip(ybar, V, strict=True)],
        dtype=np.float64,
    )
    means = np.array([0.0 if mean is None else mean for mean in ybar], dtype=np.float64)
    means[np.isinf(variances)] = 0.0
    return means, variances


def _with_data(ybar: Sequence[float | None], *, V: Sequence[float | None]) -> int:
    return int(np.isfinite(_observed(ybar, V=V)[1]).sum())


def _midpoints(low: float, high: float) -> Floats:
    return low + (np.arange(GRID, dtype=np.float64) + 0.5) * (high - low) / GRID


def _weights(means: Floats, variances: Floats, *, tau: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the normalised weight of each tau, and the group mean's estimate and variance given it (each G).

    means are taken around their own mean, so that equal ones leave exactly no deviation.
    """
    seen = np.isfinite(variances)
    total = variances[seen][:, None] + tau**2
    precision = 1 / total
    mu_variance = 1 / precision.sum(axis=0)
    group = (means[seen] @ precision) * mu_variance
    deviation = np.maximum(0.0, means[seen] ** 2 @ precision - group**2 / mu_variance)
    log_weight = 0.5 * (np.log(mu_variance) - np.log(total).sum(axis=0) - deviation)
    weight = np.exp(log_weight - log_weight.max())
    return weight / weight.sum(), group, mu_variance


def _pull(variances: Floats, *, tau: Floats) -> Floats:
    """Return B = V/(V+τ²), the share of the group's mean in each agent's (K × G); 1 without a review."""
    pull = np.ones((variances.size, tau.size))
    seen = np.isfinite(variances)
    pull[seen] = variances[seen][:, None] / (variances[seen][:, None] + tau**2)
    return pull
