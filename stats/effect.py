"""What coaching changed beyond chance and beyond everybody's change (statistics.md 4)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stats.outcome import FurtherReviews, Sufficiency, Verdict, further_reviews, sufficiency, verdict
from stats.pooling import TAU_MAX, hier_normal
from stats.quantiles import TWO_SIDED, normal_quantile, t_quantile
from stats.regression import ExpectedChange, expected_rtm
from stats.spread import LEAST_VARIANCE, inflation, tau2_dl, weighted_mean

Floats = NDArray[np.float64]

__all__ = [
    "CoachingEffect",
    "ExpectedChange",
    "FurtherReviews",
    "GroupEffect",
    "Sufficiency",
    "Verdict",
    "coaching_effect",
    "expected_rtm",
    "further_reviews",
    "sufficiency",
    "tau2_dl",
    "verdict",
]


@dataclass(frozen=True, slots=True)
class GroupEffect:
    """Hold the effect over the K coached agents together, in points, with 95 % limits."""

    effect: float
    se: float
    lo: float
    hi: float
    K: int


@dataclass(frozen=True, slots=True)
class CoachingEffect:
    """Hold, per coached agent in the order given, observed = expected_by_chance + shift + effect, all in points.

    lo, hi: 95 % limits of the effect. reasons: per agent None, or why there is no number: no_reviews_before,
    no_reviews_after, no_peers, no_variance. shift: the peers' own change; omega2: variance of their real drift.
    baseline_variance, level_factor, shift_variance: what se² consists of, as further_reviews needs it.
    reason: nobody_coached, no_variance, no_peers, no_coached_reviews (group and shift are None accordingly).
    """

    observed: list[float | None]
    expected_by_chance: list[float | None]
    shift: float | None
    effect: list[float | None]
    se: list[float | None]
    lo: list[float | None]
    hi: list[float | None]
    omega2: float | None
    group: GroupEffect | None
    baseline_variance: list[float | None]
    level_factor: list[float | None]
    shift_variance: float | None
    reasons: list[str | None]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Agents:
    """Hold per agent the means and counts on both sides, the shrunken baseline (level) and its variance."""

    before: Floats
    after: Floats
    coached: NDArray[np.bool_]
    seen_before: NDArray[np.bool_]
    seen_after: NDArray[np.bool_]
    level: Floats
    baseline_variance: Floats
    variance: Floats

    @property
    def whole(self) -> NDArray[np.bool_]:
        return self.seen_before & self.seen_after


@dataclass(frozen=True, slots=True)
class _Shift:
    """Hold the peers' change, its variance, the variance of real drift and the number of peers."""

    shift: float
    variance: float
    omega2: float
    peers: int


def coaching_effect(
    pre_mean: Sequence[float | None],
    *,
    pre_n: Sequence[float],
    post_mean: Sequence[float | None],
    post_n: Sequence[float],
    coached: Sequence[bool],
    sigma2: float | None,
    tau_max: float = TAU_MAX,
) -> CoachingEffect:
    """Estimate what coaching changed: after − shrunken baseline − the peers' shift (statistics.md 4.2).

    One entry per agent scored on the skill, coached or not: means in points (None without reviews), counts (or Kish's
    effective numbers); sigma2: pooled variance of one review, squared points; tau_max: half the scale. The window
    before must hold everything the selection looked at. Raises ValueError on unequal lengths.
    """
    agents = _read(pre_mean, pre_n, post_mean, post_n, coached, sigma2=sigma2, tau_max=tau_max)
    has_variance = sigma2 is not None and sigma2 > LEAST_VARIANCE
    shift = _peers_shift(agents) if has_variance else None
    reasons = _reasons(agents, has_variance=has_variance, has_peers=shift is not None)
    return _report(agents, shift=shift, reasons=reasons)


def _read(
    pre_mean: Sequence[float | None],
    pre_n: Sequence[float],
    post_mean: Sequence[float | None],
    post_n: Sequence[float],
    coached: Sequence[bool],
    *,
    sigma2: float | None,
    tau_max: float,
) -> _Agents:
    if len({len(pre_mean), len(pre_n), len(post_mean), len(post_n), len(coached)}) > 1:
        raise ValueError("every agent needs an entry in each of the five lists")
    before, reviews_before = _side(pre_mean, n=pre_n)
    after, reviews_after = _side(post_mean, n=post_n)
    variance = sigma2 or 0.0
    spread = [variance / n if n else None for n in reviews_before.tolist()]
    raw = [mean if n else None for mean, n in zip(before.tolist(), reviews_before.tolist(), strict=True)]
    baseline = hier_normal(raw, V=spread, tau_max=tau_max)
    level = np.array([mean or 0.0 for mean in baseline.mean], dtype=np.float64)
    uncertainty = np.array([(sd or 0.0) ** 2 for sd in baseline.sd], dtype=np.float64)
    return _Agents(
        before,
        after,
        np.array(coached, dtype=np.bool_),
        reviews_before > 0,
        reviews_after > 0,
        level,
        uncertainty,
        uncertainty + variance / np.maximum(1.0, reviews_after),
    )


def _side(mean: Sequence[float | None], *, n: Sequence[float]) -> tuple[Floats, Floats]:
    """Return means and counts, both 0 for an agent without reviews on that side."""
    counts = [0 if score is None else max(0, count) for score, count in zip(mean, n, strict=True)]
    means = [score if score is not None and count else 0.0 for score, count in zip(mean, counts, strict=True)]
    return np.array(means, dtype=np.float64), np.array(counts, dtype=np.float64)


def _peers_shift(agents: _Agents) -> _Shift | None:
    peers = ~agents.coached & agents.whole
    if not peers.any():
        return None
    moved, variance = (agents.after - agents.level)[peers], agents.variance[peers]
    omega2 = tau2_dl(moved.tolist(), V=variance.tolist())
    weight = 1 / (variance + omega2)
    shift = weighted_mean(moved, weight=weight)
    return _Shift(shift, inflation(moved, weight=weight) / float(weight.sum()), omega2, int(peers.sum()))


def _report(agents: _Agents, *, shift: _Shift | None, reasons: list[str | None]) -> CoachingEffect:
    chosen = agents.coached
    observed = (agents.after - agents.before)[chosen]
    chance = (agents.level - agents.before)[chosen]
    factor = _level_factor(agents)[chosen]
    own = factor * agents.variance[chosen] + (shift.omega2 if shift else 0.0)
    effect = (agents.after - agents.level)[chosen] - (shift.shift if shift else 0.0)
    se = np.sqrt(own + (shift.variance if shift else 0.0))
    margin = normal_quantile(TWO_SIDED) * se
    known = np.array([reason is None for reason in reasons], dtype=np.bool_)
    return CoachingEffect(
        observed=_where(agents.whole[chosen], observed),
        expected_by_chance=_where(agents.seen_before[chosen] & (agents.variance[chosen] > 0), chance),
        shift=shift.shift if shift else None,
        effect=_where(known, effect),
        se=_where(known, se),
        lo=_where(known, effect - margin),
        hi=_where(known, effect + margin),
        omega2=shift.omega2 if shift else None,
        group=_group(effect[known], own=own[known], shift=shift) if shift else None,
        baseline_variance=_where(known, agents.baseline_variance[chosen]),
        level_factor=_where(known, factor),
        shift_variance=shift.variance if shift else None,
        reasons=reasons,
        reason=_overall(reasons),
    )


def _level_factor(agents: _Agents) -> Floats:
    """Widen the error of agents in the middle of the scale, where scores vary more than near its ends."""
    room = agents.level * (100 - agents.level)
    usual = float(room[agents.seen_before].mean()) if agents.seen_before.any() else 0.0
    return np.maximum(1.0, room / usual) if usual > 0 else np.ones_like(room)


def _group(effect: Floats, *, own: Floats, shift: _Shift) -> GroupEffect | None:
    K = int(effect.size)
    if K == 0:
        return None
    weight = 1 / own
    mean = weighted_mean(effect, weight=weight)
    se = math.sqrt(inflation(effect, weight=weight) / float(weight.sum()) + shift.variance)
    # One agent is no programme: its own normal interval, so that the two figures on a page agree.
    width = normal_quantile(TWO_SIDED) if K == 1 else t_quantile(TWO_SIDED, df=K + shift.peers - 2)
    return GroupEffect(mean, se, mean - width * se, mean + width * se, K)


def _reasons(agents: _Agents, *, has_variance: bool, has_peers: bool) -> list[str | None]:
    general = None if has_variance and has_peers else "no_peers" if has_variance else "no_variance"
    return [
        "no_reviews_before" if not before else "no_reviews_after" if not after else general
        for before, after in zip(agents.seen_before[agents.coached], agents.seen_after[agents.coached], strict=True)
    ]


def _overall(reasons: list[str | None]) -> str | None:
    if not reasons:
        return "nobody_coached"
    if None in reasons:
        return None
    shared = {reason for reason in reasons if reason in ("no_peers", "no_variance")}
    return shared.pop() if shared else "no_coached_reviews"


def _where(known: NDArray[np.bool_], values: Floats) -> list[float | None]:
    return [value if is_known else None for value, is_known in zip(values.tolist(), known.tolist(), strict=True)]
