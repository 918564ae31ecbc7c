"""How many more follow-up reviews of each member would settle a programme's outcome, all else as measured. Pure.

Further reviews make only one part of the error smaller: what a member's own few reviews after the start leave open.
How much members differ in what they moved, the baseline and the number of members stay, so often none can settle it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import variance

from stats import CoachingEffect
from stats.designs import DesignEffect
from stats.outcome import fewest_further


@dataclass(frozen=True, slots=True)
class Moved:
    """What the members of one group moved, in points, and how many reviews each has after the start, by their worth."""

    points: list[float]
    reviews: list[float]


def beside_peers(found: CoachingEffect, *, after: Sequence[float], sigma2: float | None) -> int | None:
    """Return the fewest further reviews each that settle the group's effect of statistics.md 4.2; None when none can.

    after: reviews after the start of each coached agent, in the order of `found`.
    """
    group = found.group
    if group is None or sigma2 is None or found.omega2 is None or found.shift_variance is None:
        return None
    parts = [
        (level, factor, n)
        for level, factor, n, effect in zip(
            found.baseline_variance, found.level_factor, after, found.effect, strict=True
        )
        if effect is not None and level is not None and factor is not None
    ]

    def weights(further: int) -> float:
        own = (factor * (level + sigma2 / (n + further)) + omega2 for level, factor, n in parts)
        return sum(1 / one for one in own)

    omega2, shift = found.omega2, found.shift_variance
    spread = (group.se**2 - shift) * weights(0)
    wide = (group.hi - group.effect) / group.se
    return fewest_further(group.effect, margin=lambda more: wide * math.sqrt(spread / weights(more) + shift)).n


def by_design(found: DesignEffect, *, groups: Sequence[Moved], sigma2: float | None) -> int | None:
    """Return the fewest further reviews each that settle an effect by design (4.4); None when none can.

    The variance of each group's mean is split: what sigma2 and the reviews explain shrinks, the rest stays.
    """
    if found.effect is None or found.se is None or found.hi is None or sigma2 is None:
        return None

    def of_group(group: Moved, further: int) -> float:
        now = sum(sigma2 / n for n in group.reviews) / len(group.reviews)
        then = sum(sigma2 / (n + further) for n in group.reviews) / len(group.reviews)
        between = max(0.0, variance(group.points) - now)
        # As measured while nothing more is reviewed: the split may not make it smaller by itself.
        return (between + then if further else variance(group.points)) / len(group.points)

    wide = (found.hi - found.effect) / found.se
    settled = fewest_further(
        found.effect, margin=lambda more: wide * math.sqrt(sum(of_group(group, more) for group in groups))
    )
    return settled.n
