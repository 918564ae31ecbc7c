"""From the sums of everybody scored on a skill to what one plan's outcome says (statistics.md 4). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from stats import (
    CoachingEffect,
    FurtherReviews,
    coaching_effect,
    effective_sums,
    further_reviews,
    moments_from_sums,
    pooled_var,
    sufficiency,
    verdict,
)
from stats.outcome import LEAST_AFTER, LEAST_BEFORE, LEAST_PEERS

LEAST_OF_A_PEER = 2
SCALE = 10_000  # sums are counted in 10⁻⁴ points


class Part(IntEnum):
    """What an agent is in a measurement. Only peers make up the shift; all together make the baseline."""

    OWN = 0
    COACHED = 1
    PEER = 2
    TOO_FEW = 3
    """Not coached, but with fewer than two reviews on one side."""


@dataclass(frozen=True, slots=True)
class Side:
    """One agent's reviews of a skill on one side: n, Σy and Σy², y in 10⁻⁴ points.

    effective: how many reviews of equal weight the mean is worth, in 10⁻⁴ of one; None where all weigh the same.
    """

    n: int = 0
    total: int = 0
    squares: int = 0
    effective: int | None = None

    @property
    def mean(self) -> float | None:
        """Return the plain mean in points."""
        return self.total / (self.n * SCALE) if self.n else None

    @property
    def n_eff(self) -> float:
        """Return Kish's effective number: the mean's variance is σ² over it. What is enough goes by n."""
        return self.n if self.effective is None else self.effective / SCALE

    def reweighed(self, strata: Sequence[tuple[float, int, float]]) -> Side:
        """Let the strata of one draw, (N, n, Σy) each, count by their conversations (statistics.md 1.4).

        The number of reviews and the spread around the mean stay; Σy becomes that of the weighed mean. Draws count by
        their reviews, so that the mean's variance is σ² Σ n²/n_eff over the square of all n.
        """
        n, total = sum(one[1] for one in strata), sum(one[2] for one in strata)
        effective, weighed = effective_sums(strata)
        if not effective or not self.n:
            return self
        moved = self.total + round(n * weighed / effective - total)
        squares = self.squares + round((moved**2 - self.total**2) / self.n)
        spread = self.n**2 / self.n_eff - n + n**2 / effective
        return Side(self.n, moved, squares, _effective(self.n, self.n**2 / spread))

    @classmethod
    def once(cls, n: int, mean: float, *, n_eff: float, spread: float) -> Side:
        """Make a side of n different conversations: their weighed mean in points and n times their weighed variance.

        That is n (1 − 1/n_eff) σ² on average; it is kept as what n − 1 times the variance of one review is.
        """
        effective = _effective(n, n_eff)
        if effective is not None and effective > SCALE:
            spread *= (n - 1) / n / (1 - SCALE / effective)
        return cls(n, round(n * mean * SCALE), round((n * mean * mean + spread) * SCALE**2), effective)


def _effective(n: int, n_eff: float) -> int | None:
    """Return an effective number as a side keeps it."""
    kept = round(n_eff * SCALE)
    return kept if kept < n * SCALE else None


def effective_of(sides: Sequence[Side]) -> list[int]:
    """Return what is kept of the weights of a row behind its sums: nothing where all reviews weigh the same."""
    if all(side.effective is None for side in sides):
        return []
    return [round(side.n_eff * SCALE) for side in sides]


def sides_of(values: Sequence[int], count: int) -> list[Side]:
    """Read the sides of a row as it is kept: three sums of each and, where reviews do not weigh the same, weights."""
    weights = values[3 * count :] or [SCALE * n for n in values[: 3 * count : 3]]
    found = []
    for place, weight in enumerate(weights):
        n, total, squares = values[3 * place : 3 * place + 3]
        found.append(Side(n, total, squares, _effective(n, weight / SCALE)))
    return found


def effective_numbers(inputs: Mapping[str, Any]) -> tuple[float, float]:
    """Return what the agent's own reviews before and after are worth, of the inputs of an outcome; 0 without any."""
    rows = inputs.get("agents")
    if not rows:
        return 0.0, 0.0
    _part_of, before, after = _read(rows[0])
    return before.n_eff, after.n_eff


def variance_of(sides: Iterable[Side]) -> float | None:
    """Return the variance of one review around its agent's level, pooled over sides by what each is worth."""
    held = list(sides)
    parts = [moments_from_sums(side.n, total=side.total, squares=side.squares) for side in held]
    return pooled_var([side.n_eff for side in held], s2=[part.s2 for part in parts]).v


@dataclass(frozen=True, slots=True)
class Sums:
    """One agent's reviews before and after."""

    before: Side
    after: Side
    is_coached: bool = False


Row = tuple[Part, Side, Side]


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known about one plan: field names as in the table of outcomes, all in points."""

    verdict: str
    shown: str
    reason: str
    pre_n: int
    pre_mean: float | None
    post_n: int
    post_mean: float | None
    level: float | None
    observed: float | None
    expected_by_chance: float | None
    shift: float | None
    effect: float | None
    se: float | None
    low: float | None
    high: float | None
    sigma2: float | None
    omega2: float | None
    baseline_variance: float | None
    level_factor: float | None
    shift_variance: float | None
    peers: int
    further: int | None
    further_reason: str


def inputs_of(own: Sums, others: Sequence[Sums], *, covers: bool) -> dict[str, Any]:
    """Return everything that a measurement rests on, without names: the coached agent's sums come first.

    covers: the baseline holds all that the selection looked at.
    """
    rows = [_row(own, Part.OWN), *(_row(one, _part(one)) for one in others)]
    return {"covers": covers, "agents": rows}


def measure(inputs: Mapping[str, Any]) -> Measured:
    """Work one plan's outcome out from what inputs_of gives.

    An uncoached agent with fewer than two reviews on a side helps to estimate the baseline and is no peer.
    """
    rows = [_read(row) for row in inputs["agents"]]
    sigma2 = _variance(rows)
    found = _effect(rows, sigma2=sigma2)
    _own, before, after = rows[0]
    peers = sum(1 for part, _before, _after in rows if part is Part.PEER)
    covers = bool(inputs["covers"])
    shown = sufficiency(
        before.n, post_n=after.n, peers=peers, peer_counts_ok=True, baseline_covers_selection_data=covers
    )
    if shown == "full" and found.effect[0] is None:
        shown = "observed_only"
    chance = found.expected_by_chance[0]
    further = _further(found, sigma2=sigma2, post_n=after.n_eff) if shown == "full" else FurtherReviews(None)
    return Measured(
        verdict=verdict(found.lo[0], shown=shown),
        shown=shown,
        reason=_reason(before.n, after.n, peers=peers, covers=covers, effect=found.effect[0]),
        pre_n=before.n,
        pre_mean=before.mean,
        post_n=after.n,
        post_mean=after.mean,
        level=None if before.mean is None or chance is None else before.mean + chance,
        observed=found.observed[0],
        expected_by_chance=chance,
        shift=found.shift,
        effect=found.effect[0],
        se=found.se[0],
        low=found.lo[0],
        high=found.hi[0],
        sigma2=sigma2,
        omega2=found.omega2,
        baseline_variance=found.baseline_variance[0],
        level_factor=found.level_factor[0],
        shift_variance=found.shift_variance,
        peers=peers,
        further=further.n,
        further_reason=further.reason or "",
    )


def _effect(rows: Sequence[Row], *, sigma2: float | None) -> CoachingEffect:
    """Hand the sums to stats; who has too few reviews to be a peer counts as not seen afterwards."""
    return coaching_effect(
        [before.mean for _part, before, _after in rows],
        pre_n=[before.n_eff for _part, before, _after in rows],
        post_mean=[None if part is Part.TOO_FEW else after.mean for part, _before, after in rows],
        post_n=[0 if part is Part.TOO_FEW else after.n_eff for part, _before, after in rows],
        coached=[part in (Part.OWN, Part.COACHED) for part, _before, _after in rows],
        sigma2=sigma2,
    )


def _part(one: Sums) -> Part:
    if one.is_coached:
        return Part.COACHED
    enough = min(one.before.n, one.after.n) >= LEAST_OF_A_PEER
    return Part.PEER if enough else Part.TOO_FEW


def _row(one: Sums, part: Part) -> list[int]:
    before, after = one.before, one.after
    sums = [before.n, before.total, before.squares, after.n, after.total, after.squares]
    return [int(part), *sums, *effective_of((before, after))]


def _read(row: Sequence[int]) -> Row:
    before, after = sides_of(row[1:], 2)
    return Part(row[0]), before, after


def _variance(rows: Sequence[Row]) -> float | None:
    """Return the variance of one review around its agent's level, pooled over agents and both sides."""
    return variance_of(side for _part, before, after in rows for side in (before, after))


def _further(found: CoachingEffect, *, sigma2: float | None, post_n: float) -> FurtherReviews:
    """Ask for how many more reviews would settle an effect that is known."""
    effect, baseline, factor = found.effect[0], found.baseline_variance[0], found.level_factor[0]
    parts = (effect, baseline, factor, found.omega2, found.shift_variance, sigma2)
    assert None not in parts
    return further_reviews(
        effect or 0.0,
        post_n=post_n,
        sigma2=sigma2 or 0.0,
        baseline_variance=baseline or 0.0,
        level_factor=factor or 1.0,
        omega2=found.omega2 or 0.0,
        shift_variance=found.shift_variance or 0.0,
    )


def _reason(pre_n: int, post_n: int, *, peers: int, covers: bool, effect: float | None) -> str:
    """Name the first thing that is missing for the three parts; empty when nothing is."""
    if pre_n < LEAST_BEFORE:
        return "too_few_before"
    if post_n < LEAST_AFTER:
        return "too_few_after"
    if peers < LEAST_PEERS:
        return "too_few_peers"
    if not covers:
        return "baseline_not_whole"
    return "no_variance" if effect is None else ""
