"""Coaching effects by design instead of by correction (statistics.md 4.4): a fresh baseline, and a waiting list."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stats.moments import moments
from stats.quantiles import TWO_SIDED, t_quantile

LEAST_AGENTS = 2


@dataclass(frozen=True, slots=True)
class DesignEffect:
    """Hold the effect in points with its standard error, degrees of freedom and 95 % limits; None with a reason.

    reason: too_few_agents (fewer than two with both numbers, or in one of the groups), no_variance.
    """

    effect: float | None
    se: float | None
    df: float | None
    lo: float | None
    hi: float | None
    n: int
    reason: str | None = None


def fresh_baseline_effect(fresh_mean: Sequence[float], *, post_mean: Sequence[float]) -> DesignEffect:
    """Compare each agent's mean after coaching with a fresh mean from before it, by a paired t.

    fresh_mean, post_mean: points, one entry for each coached agent. The fresh reviews were drawn after the agents
    were picked, so nothing regresses to the mean; what changed for everybody is still in it. t with K − 1 df.
    Raises ValueError on unequal lengths.
    """
    moved = [after - before for before, after in zip(fresh_mean, post_mean, strict=True)]
    found = moments(moved)
    if found.mean is None or found.s2 is None:
        return _nothing(len(moved), "too_few_agents")
    return _effect(found.mean, variance=found.s2 / found.n, df=found.n - 1, n=found.n)


def waiting_list_effect(started: Sequence[float], *, waiting: Sequence[float]) -> DesignEffect:
    """Compare what moved in agents who started with what moved in agents drawn to wait, by Welch's t.

    started, waiting: mean after − shrunken baseline in points, one entry an agent. Chance and what changed for
    everybody are in both groups alike, since the dates were drawn by lot: the only design that may say "caused".
    Welch (1947) with Satterthwaite's df, so that the groups need not vary alike. n counts both groups.
    """
    ours, theirs = moments(started), moments(waiting)
    n = len(started) + len(waiting)
    if ours.mean is None or theirs.mean is None or ours.s2 is None or theirs.s2 is None:
        return _nothing(n, "too_few_agents")
    a, b = ours.s2 / ours.n, theirs.s2 / theirs.n
    if a + b <= 0:
        return _nothing(n, "no_variance")
    df = (a + b) ** 2 / (a**2 / (ours.n - 1) + b**2 / (theirs.n - 1))
    return _effect(ours.mean - theirs.mean, variance=a + b, df=df, n=n)


def _effect(effect: float, *, variance: float, df: float, n: int) -> DesignEffect:
    if variance <= 0:
        return _nothing(n, "no_variance")
    se = math.sqrt(variance)
    margin = t_quantile(TWO_SIDED, df=df) * se
    return DesignEffect(effect, se, df, effect - margin, effect + margin, n)


def _nothing(n: int, reason: str) -> DesignEffect:
    return DesignEffect(None, None, None, None, None, n, reason)
