"""The numbers a look is made from: weekly sums per agent for one skill, and what they say. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from stats.moments import moments_from_sums, pooled_var
from stats.pooling import hier_normal
from stats.triggers import LEAST_AGENTS, decayed, trigger_probability, why_not_enough

WEEKS = 26
RECENT = 4
UNIT = 10_000


@dataclass
class AgentWeeks:
    """One agent's reviews of one skill: n and Σy (points × 10⁴) per week, oldest first, and Σy² over the window."""

    n: list[int] = field(default_factory=lambda: [0] * WEEKS)
    total: list[int] = field(default_factory=lambda: [0] * WEEKS)
    squares: int = 0
    newest_at: datetime | None = None
    newest_review_id: int | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """What a look says about one agent: all in points, 0–100; None where there is no number, with the reason."""

    n: int
    n_effective: float
    mean: float | None
    level: float | None
    level_sd: float | None
    probability: float | None
    reason: str | None
    baseline: float | None
    baseline_sd: float | None


def levels(agents: Mapping[int, AgentWeeks], *, pools: Mapping[int, Sequence[int]], target: float) -> dict[int, Level]:
    """Return the level of each agent.

    agents: by agent id; pools: agent id → the ids of the agents pooled with them (the own id included); target in
    points. Formulas: statistics.md 1.7 and 5.1; the variance is pooled over all agents given.
    """
    ids = sorted(agents)
    faded = {pk: decayed(agents[pk].n, sum_y=[total / UNIT for total in agents[pk].total]) for pk in ids}
    sigma2 = _pooled_variance(agents)
    found: dict[int, Level] = {}
    for pool in {tuple(sorted(pools[pk])) for pk in ids}:
        members = [pk for pk in pool if pk in agents]
        found.update(_pool_levels(members, agents=agents, faded=faded, sigma2=sigma2, target=target))
    return found


def pools_of(teams: Mapping[int, int | None]) -> dict[int, list[int]]:
    """Pool each agent with the own team where that has enough agents, else with the whole workspace."""
    by_team: dict[int | None, list[int]] = {}
    for agent, team in teams.items():
        by_team.setdefault(team, []).append(agent)
    everyone = list(teams)
    return {
        agent: by_team[team] if team is not None and len(by_team[team]) >= LEAST_AGENTS else everyone
        for agent, team in teams.items()
    }


def _pooled_variance(agents: Mapping[int, AgentWeeks]) -> float | None:
    parts = [
        moments_from_sums(sum(weeks.n), total=sum(weeks.total), squares=weeks.squares) for weeks in agents.values()
    ]
    return pooled_var([part.n for part in parts], s2=[part.s2 for part in parts]).v


def _pool_levels(  # type: ignore[no-untyped-def]
    members: list[int], *, agents: Mapping[int, AgentWeeks], faded, sigma2: float | None, target: float
) -> dict[int, Level]:
    means, sizes = [faded[pk].mean for pk in members], [faded[pk].n_eff for pk in members]
    below = trigger_probability(means, n_eff=sizes, sigma2=sigma2, target=target)
    now = hier_normal(means, V=_variances(sizes, sigma2))
    counts = [sum(agents[pk].n) for pk in members]
    raw = [sum(agents[pk].total) / UNIT / n if n else None for pk, n in zip(members, counts, strict=True)]
    base = hier_normal(raw, V=_variances(counts, sigma2))
    return {
        pk: Level(
            n=counts[i],
            n_effective=sizes[i],
            mean=means[i],
            level=now.mean[i],
            level_sd=now.sd[i],
            probability=below[i],
            reason=why_not_enough(sizes[i], recent_reviews=sum(agents[pk].n[-RECENT:]), agents=len(members)),
            baseline=base.mean[i],
            baseline_sd=base.sd[i],
        )
        for i, pk in enumerate(members)
    }


def _variances(sizes: Sequence[float], sigma2: float | None) -> list[float | None]:
    return [sigma2 / size if sigma2 is not None and size > 0 else None for size in sizes]
