"""Has somebody changed? The chart of statistics.md 5.3 on 21 of the 26 weeks: eight are the baseline, 13 are charted.

Pure. It is for a team lead to look at, never for a plan by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coaching.windows import UNIT, AgentWeeks, Pool, pooled_variance
from stats.change_alarm import ewma_alarm
from stats.pooling import hier_normal

BASELINE = 8
CHARTED = 13
RECENT = 4
LEAST_BEFORE = 6
"""Reviews in the baseline: the same as for a trigger."""


@dataclass(frozen=True, slots=True)
class Decline:
    """An agent whose chart alarms this week and did not the week before: levels in points, and numbers of reviews.

    before: the baseline, borrowing from the team; after: the plain mean of the last four weeks.
    """

    agent_id: int
    before: float
    after: float
    n_before: int
    n_after: int


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
        _decline(pk, one, before=mu, n_before=n)
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


def _decline(pk: int, one: AgentWeeks, *, before: float, n_before: int) -> Decline:
    n = sum(one.n[-RECENT:])
    return Decline(pk, before, sum(one.total[-RECENT:]) / UNIT / n, n_before, n)
