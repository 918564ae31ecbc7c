"""The targeted pool, pure: independent Poisson sampling with a known chance for every unit (statistics.md 1.5)."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence

SUM, MAX = "sum", "max"


def priority(weights: Iterable[float], *, combine: str = SUM) -> float:
    """Return x of a unit from the weights of the rules that hit it; 0 when none did."""
    hit = list(weights)
    if not hit:
        return 0.0
    return max(hit) if combine == MAX else math.fsum(hit)


def chance(x: float, *, scale: float, is_certain: bool) -> float:
    """Return pi^T = min(1, c·x); 1 for what a certainty rule hit."""
    return 1.0 if is_certain else min(1.0, scale * x) if x > 0 else 0.0


def scale_for(x: Sequence[float], n: float, *, certain: int = 0) -> float:
    """Return c with Σ min(1, c·x_i) = n over all units, of which `certain` more are in by rule; exact, no search.

    x: the priorities of the units that no certainty rule hit. Nothing left for them, or nothing above zero: 0.
    When n reaches their number all of them are in: c is the smallest with c·x_i ≥ 1 for all.
    """
    sizes = sorted((size for size in x if size > 0), reverse=True)
    left = n - certain
    if left <= 0 or not sizes:
        return 0.0
    rest = math.fsum(sizes)
    for capped, largest in enumerate(sizes):
        c = (left - capped) / rest
        if c * largest <= 1:
            return c
        rest = math.fsum(sizes[capped + 1 :])
        if left - capped - 1 <= 0 or rest <= 0:
            break
    return 1.0 / sizes[-1]


def is_certain(hits: Iterable[int], certain_rules: Collection[int]) -> bool:
    """Say whether a certainty rule is among those that hit a unit."""
    return any(hit in certain_rules for hit in hits)


def combined(random_share: float, targeted: float) -> float:
    """Return pi of a unit over both pools, which use independent numbers: 1 − (1 − m/N_e)(1 − pi^T)."""
    return 1.0 - (1.0 - min(random_share, 1.0)) * (1.0 - targeted)


def floor_holds(random_quota: int, expected_targeted: float, *, is_census: bool) -> bool:
    """Say whether the random pool of an agent's period is at least max(2, half of all); a census always is."""
    return is_census or random_quota >= max(2.0, (random_quota + expected_targeted) / 2)
