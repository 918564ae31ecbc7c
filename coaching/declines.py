"""Has somebody changed? The chart of statistics.md 5.3 on 21 of the 26 weeks: eight are the baseline, 13 are charted.

Pure. It is for a team lead to look at, never for a plan by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coaching.windows import UNIT, AgentWeeks, Pool, pooled_variance
from stats.change_alarm import ewma_alarm
from stats.pooling import hier_normal
from stats.quantiles import TWO_SIDED, normal_quantile

BASELINE = 8
CHARTED = 13
RECENT = 4
LEAST_BEFORE = 6
"""Reviews in the baseline: the same as for a trigger."""


@dataclass(frozen=True, slots=True)
class Decline:
    """An agent whose chart alarms this week and did not the week before: levels in points, and numbers of reviews.

    before: the baseline, borrowing from the team; after: the plain mean of the last four weeks; each with its 95 %
    limits, and the change between them with its own: their variances add.
    """

    agent_id: int
    before: float
    after: float
    n_before: int
    n_after: int
    before_low: float
    before_high: float
    after_low: float
    after_high: float
    change_low: float
    change_high: float

    @property
    def limits(self) -> tuple[float, float, float, float]:
        """Return the limits of the mean now and of the level before."""
        return self.after_low, self.after_high, self.before_low, self.before_high


def declines(agents: Mapping[int, AgentWeeks], *, pools: Iterable[Pool], limit: float) -> list[Decline]:
    """Return who declined in the newest week, by agent. limit: L of the chart in standard errors, > 0."""
    found = []
    for pool in pools:
        found += _of_pool([agents[pk] for pk in pool.members], pool=pool, limit=limit)
    return sorted(found, key=lambda one: one.agent_id)


def _of_pool(sums: list[AgentWeeks], *, pool: Pool, limit: float) -> list[Decline]:
    v = pooled_variance(sums)
    if not v:
        return []
    first, last = -BASELINE - CHARTED, -CHARTED
    counts = [sum(one.n[first:last]) for one in sums]
    means = [sum(one.total[first:last]) / UNIT / n if n else None for one, n in zip(sums, counts, strict=True)]
    baseline = hier_normal(means, V=[v / n if n else None for n in counts])
    read = frozenset(pool.read)
    return [
        _decline(pk, one, before=mu, sd=sd or 0.0, n_before=n, v=v)
        for pk, one, n, mu, sd in zip(pool.members, sums, counts, baseline.mean, baseline.sd, strict=True)
        if pk in read and n >= LEAST_BEFORE and mu is not None and _alarms(one, mu=mu, sd=sd or 0.0, v=v, limit=limit)
    ]


def _alarms(one: AgentWeeks, *, mu: float, sd: float, v: float, limit: float) -> bool:
    """Say whether the newest week alarms for the first time."""
    counts = one.n[-CHARTED:]
    if not counts[-1]:
        return False
    means = [total / UNIT / n if n else None for total, n in zip(one.total[-CHARTED:], counts, strict=True)]
    chart = ewma_alarm(means, n=counts, mu=mu, sd=sd, v=v, L=limit)
    return chart[-1].alarm and not chart[-2].alarm


def _decline(pk: int, one: AgentWeeks, *, before: float, sd: float, n_before: int, v: float) -> Decline:
    n = sum(one.n[-RECENT:])
    after, wide = sum(one.total[-RECENT:]) / UNIT / n, normal_quantile(TWO_SIDED)
    own = math.sqrt(v / n)
    margin = wide * math.hypot(sd, own)
    limits = (*_on_scale(before, wide * sd), *_on_scale(after, wide * own))
    return Decline(pk, before, after, n_before, n, *limits, after - before - margin, after - before + margin)


def _on_scale(value: float, margin: float) -> tuple[float, float]:
    return max(0.0, value - margin), min(100.0, value + margin)
