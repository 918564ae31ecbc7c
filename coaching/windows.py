"""The numbers a look is made from: weekly sums per agent for one skill, and what they say. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from stats.moments import moments_from_sums, pooled_var
from stats.pooling import hier_normal
from stats.quantiles import TWO_SIDED, normal_quantile
from stats.strata import effective_sums
from stats.triggers import LEAST_AGENTS, RECENT_WEEKS, decayed, trigger_probability, why_not_enough

WEEKS = 26
UNIT = 10_000


@dataclass
class AgentWeeks:
    """One agent's reviews of one skill: n and Σy (points × 10⁴) per week, oldest first, and Σy² over the window.

    added: week → what to add to n and Σy where a draw divided the agent's conversations into several strata, so that
    each counts by its conversations and not by how many of them were drawn (statistics.md 1.4), or where plans overlap.
    """

    n: list[int] = field(default_factory=lambda: [0] * WEEKS)
    total: list[int] = field(default_factory=lambda: [0] * WEEKS)
    squares: int = 0
    newest_at: datetime | None = None
    newest_review_id: int | None = None
    added: dict[int, tuple[float, float]] = field(default_factory=dict)

    @property
    def effective(self) -> list[float]:
        """Return the effective number of reviews of each week."""
        return [n + self.added[at][0] if at in self.added else n for at, n in enumerate(self.n)]

    @property
    def effective_total(self) -> list[float]:
        """Return Σy of so many, in points × 10⁴."""
        return [y + self.added[at][1] if at in self.added else y for at, y in enumerate(self.total)]

    def reweigh(self, at: int, strata: Sequence[tuple[float, int, float]]) -> None:
        """Let the strata of one draw, (N, n, Σy) each, count by their conversations."""
        n, total = effective_sums(strata)
        plain_n, plain_total = sum(one[1] for one in strata), sum(one[2] for one in strata)
        before = self.added.get(at, (0.0, 0.0))
        self.added[at] = before[0] + n - plain_n, before[1] + total - plain_total

    def count_once(self, at: int, n: int, mean: float, *, n_eff: float, spread: float, squares: int) -> None:
        """Let a week be n conversations with a mean in points that weigh as n_eff, whatever its sums are.

        spread: Σ(y−ȳ)² in squared points; squares: what the week's sums added to Σy².
        """
        self.n[at], self.total[at] = n, round(n * mean * UNIT)
        self.squares += round((n * mean * mean + spread) * UNIT**2) - squares
        self.added[at] = n_eff - n, n_eff * mean * UNIT - self.total[at]


@dataclass(frozen=True, slots=True)
class Level:
    """What a look says about one agent: all in points, 0–100; None where there is no number, with the reason.

    mean, level and probability weigh the reviews by age; baseline (the same window, not weighed) is what an outcome
    is measured from.
    """

    n: int
    n_effective: float
    mean: float | None
    level: float | None
    level_sd: float | None
    probability: float | None
    reason: str | None
    baseline: float | None
    baseline_sd: float | None

    @property
    def band(self) -> tuple[float | None, float | None]:
        """Return the 95 % limits of the level, on the scale; None without a level."""
        if self.level is None or self.level_sd is None:
            return None, None
        margin = normal_quantile(TWO_SIDED) * self.level_sd
        return max(0.0, self.level - margin), min(100.0, self.level + margin)


@dataclass(frozen=True, slots=True)
class Pool:
    """Agents whose levels are estimated together, and those among them who are read off from it."""

    members: tuple[int, ...]
    read: tuple[int, ...]


def pools_of(teams: Mapping[int, int | None]) -> list[Pool]:
    """Pool each agent with the own team where that has enough agents, else with the whole workspace.

    teams: agent id → team id, of the agents with reviews.
    """
    by_team: dict[int | None, list[int]] = {}
    for agent, team in sorted(teams.items()):
        by_team.setdefault(team, []).append(agent)
    large = {team for team, agents in by_team.items() if team is not None and len(agents) >= LEAST_AGENTS}
    pools = [Pool(tuple(agents), tuple(agents)) for team, agents in by_team.items() if team in large]
    others = tuple(agent for agent in sorted(teams) if teams[agent] not in large)
    return [*pools, Pool(tuple(sorted(teams)), others)] if others else pools


def levels(
    agents: Mapping[int, AgentWeeks], *, pools: Iterable[Pool], targets: Mapping[int, float]
) -> dict[int, Level]:
    """Return the level of each agent read off from a pool.

    agents: by agent id; targets: agent id → points. Formulas: statistics.md 1.7 and 5.1; the variance is the pool's
    own.
    """
    found: dict[int, Level] = {}
    for pool in pools:
        found.update(_levels([agents[pk] for pk in pool.members], pool=pool, targets=targets))
    return found


def _levels(sums: Sequence[AgentWeeks], *, pool: Pool, targets: Mapping[int, float]) -> dict[int, Level]:
    faded = [decayed(one.effective, sum_y=[total / UNIT for total in one.effective_total]) for one in sums]
    means, sizes = [one.mean for one in faded], [one.n_eff for one in faded]
    sigma2 = pooled_variance(sums)
    below = {
        target: trigger_probability(means, n_eff=sizes, sigma2=sigma2, target=target)
        for target in {targets[pk] for pk in pool.read}
    }
    level = hier_normal(means, V=_variances(sizes, sigma2))
    counts = [sum(one.n) for one in sums]
    weights = [sum(one.effective) for one in sums]
    raw = [sum(one.effective_total) / UNIT / n if n else None for one, n in zip(sums, weights, strict=True)]
    baseline = hier_normal(raw, V=_variances(weights, sigma2))
    with_reviews, read = sum(1 for n in counts if n), frozenset(pool.read)
    return {
        pk: Level(
            n=counts[i],
            n_effective=sizes[i],
            mean=means[i],
            level=level.mean[i],
            level_sd=level.sd[i],
            probability=below[targets[pk]][i],
            reason=why_not_enough(sizes[i], recent_reviews=sum(sums[i].n[-RECENT_WEEKS:]), agents=with_reviews),
            baseline=baseline.mean[i],
            baseline_sd=baseline.sd[i],
        )
        for i, pk in enumerate(pool.members)
        if pk in read
    }


def pooled_variance(sums: Iterable[AgentWeeks]) -> float | None:
    """Return the variance between one agent's reviews, pooled over agents, in squared points."""
    parts = [moments_from_sums(sum(one.n), total=sum(one.total), squares=one.squares) for one in sums]
    return pooled_var([part.n for part in parts], s2=[part.s2 for part in parts]).v


def _variances(sizes: Sequence[float], sigma2: float | None) -> list[float | None]:
    return [sigma2 / size if sigma2 is not None and size > 0 else None for size in sizes]
