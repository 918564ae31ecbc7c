"""From the sums of everybody scored on a skill to what a programme's outcome says (statistics.md 4.2 and 4.4). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import IntEnum
from statistics import fmean
from typing import Any

from coaching import effects, programme_settling
from coaching.effects import LEAST_OF_A_PEER, Side, effective_of, sides_of
from coaching.programme_settling import Moved, by_design
from stats import coaching_effect, hier_normal, verdict
from stats.designs import DesignEffect, fresh_baseline_effect, waiting_list_effect
from stats.outcome import LEAST_AFTER, LEAST_BEFORE, LEAST_PEERS

LEAST_FRESH = 6
LEAST_MEMBERS = 2


class Part(IntEnum):
    """What an agent is in the measurement of a programme."""

    STARTED = 0
    WAITING = 1
    OTHER = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One agent's reviews before, in the follow-up, and freshly before the start."""

    part: Part
    before: Side
    after: Side
    fresh: Side

    def stored(self) -> list[int]:
        """Return the row as it is kept, without a name."""
        sides = (self.before, self.after, self.fresh)
        sums = (value for side in sides for value in (side.n, side.total, side.squares))
        return [int(self.part), *sums, *effective_of(sides)]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one design says: the effect in points with 95 % limits, or why there is none.

    design: peers (beyond chance and everybody's change), fresh_baseline, waiting_list. further: how many more reviews
    of each member after the start would settle it, 0 when it is settled, None when none can.
    """

    design: str
    effect: float | None
    se: float | None
    low: float | None
    high: float | None
    agents: int
    reason: str
    further: int | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known about a programme; `design` is the strongest of those chosen, and the verdict rests on it."""

    verdict: str
    design: str
    effect: float | None
    low: float | None
    high: float | None
    started: int
    waiting: int
    peers: int
    reason: str
    estimates: list[dict[str, Any]]


def measure(inputs: Mapping[str, Any]) -> Measured:
    """Work a programme's outcome out. inputs: designs (those chosen) and agents (rows as stored)."""
    rows = [_read(row) for row in inputs["agents"]]
    found = [_peers(rows)]
    if "fresh_baseline" in inputs["designs"]:
        found.append(_fresh(rows))
    if "waiting_list" in inputs["designs"]:
        found.append(_waiting(rows))
    best = found[-1]
    return Measured(
        verdict=verdict(best.low, shown="none" if best.effect is None else "full"),
        design=best.design,
        effect=best.effect,
        low=best.low,
        high=best.high,
        started=sum(_is_whole(row) for row in rows if row.part is Part.STARTED),
        waiting=sum(_is_whole(row) for row in rows if row.part is Part.WAITING),
        peers=sum(_is_peer(row) for row in rows),
        reason=best.reason,
        estimates=[asdict(one) for one in found],
    )


def groups_of(inputs: Mapping[str, Any]) -> dict[Part, tuple[float, float]]:
    """Return each group's mean before and after, in points: of its agents who count on both sides, each alike."""
    found: dict[Part, list[Row]] = {}
    for row in (_read(row) for row in inputs["agents"]):
        if _is_whole(row) if row.part is not Part.OTHER else _is_peer(row):
            found.setdefault(row.part, []).append(row)
    return {
        part: (fmean(_mean(row.before) for row in rows), fmean(_mean(row.after) for row in rows))
        for part, rows in found.items()
    }


def variance_of(inputs: Mapping[str, Any]) -> float | None:
    """Return the variance of one review around its agent's level; None when nobody has two reviews on a side."""
    return _variance([_read(row) for row in inputs["agents"]])


def _peers(rows: Sequence[Row]) -> Estimate:
    """Measure the group beyond chance and beyond everybody's change; those who wait are peers like all others."""
    peers, members = sum(_is_peer(row) for row in rows), sum(_counts(row) for row in rows)
    if members < LEAST_MEMBERS:
        return _nothing("peers", members, "too_few_started")
    if peers < LEAST_PEERS:
        return _nothing("peers", members, "too_few_peers")
    found = coaching_effect(
        [row.before.mean for row in rows],
        pre_n=[row.before.n_eff for row in rows],
        post_mean=[row.after.mean if _counts(row) or _is_peer(row) else None for row in rows],
        post_n=[row.after.n_eff if _counts(row) or _is_peer(row) else 0 for row in rows],
        coached=[row.part is Part.STARTED for row in rows],
        sigma2=_variance(rows),
    )
    group = found.group
    if group is None:
        return _nothing("peers", members, found.reason or "no_variance")
    after = [row.after.n_eff if _counts(row) else 0 for row in rows if row.part is Part.STARTED]
    settled = programme_settling.beside_peers(found, after=after, sigma2=_variance(rows))
    return Estimate("peers", group.effect, group.se, group.lo, group.hi, group.K, "", settled)


def _fresh(rows: Sequence[Row]) -> Estimate:
    """Compare the follow-up with fresh reviews from before the start."""
    own = [
        row for row in rows if row.part is Part.STARTED and row.fresh.n >= LEAST_FRESH and row.after.n >= LEAST_AFTER
    ]
    fresh, after = [_mean(row.fresh) for row in own], [_mean(row.after) for row in own]
    found = fresh_baseline_effect(fresh, post_mean=after)
    moved = [late - early for early, late in zip(fresh, after, strict=True)]
    groups = [Moved(moved, [row.after.n_eff for row in own])]
    return _by_design(
        "fresh_baseline", found, few="too_few_fresh", further=by_design(found, groups=groups, sigma2=_variance(rows))
    )


def _waiting(rows: Sequence[Row]) -> Estimate:
    """Compare those who started with those who were drawn to wait, each with the own shrunken baseline."""
    sigma2 = _variance(rows)
    variances = [sigma2 / row.before.n_eff if sigma2 is not None and row.before.n else None for row in rows]
    levels = hier_normal([row.before.mean for row in rows], V=variances).mean
    moved = {part: Moved([], []) for part in Part}
    for row, level in zip(rows, levels, strict=True):
        if _is_whole(row) and level is not None:
            moved[row.part].points.append(_mean(row.after) - level)
            moved[row.part].reviews.append(row.after.n_eff)
    groups = [moved[Part.STARTED], moved[Part.WAITING]]
    found = waiting_list_effect(groups[0].points, waiting=groups[1].points)
    return _by_design(
        "waiting_list", found, few="too_few_in_a_group", further=by_design(found, groups=groups, sigma2=sigma2)
    )


def _by_design(design: str, found: DesignEffect, *, few: str, further: int | None) -> Estimate:
    reason = few if found.reason == "too_few_agents" else found.reason or ""
    return Estimate(design, found.effect, found.se, found.lo, found.hi, found.n, reason, further)


def _nothing(design: str, agents: int, reason: str) -> Estimate:
    return Estimate(design, None, None, None, None, agents, reason)


def _is_whole(row: Row) -> bool:
    return row.before.n >= LEAST_BEFORE and row.after.n >= LEAST_AFTER


def _counts(row: Row) -> bool:
    return row.part is Part.STARTED and _is_whole(row)


def _is_peer(row: Row) -> bool:
    return row.part is not Part.STARTED and min(row.before.n, row.after.n) >= LEAST_OF_A_PEER


def _mean(side: Side) -> float:
    assert side.mean is not None
    return side.mean


def _variance(rows: Sequence[Row]) -> float | None:
    """Return the variance of one review around its agent's level, pooled over agents and both sides."""
    return effects.variance_of(side for row in rows for side in (row.before, row.after))


def _read(row: Sequence[int]) -> Row:
    return Row(Part(row[0]), *sides_of(row[1:], 3))
