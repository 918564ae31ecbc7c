"""What may be said of a plan's outcome, and what would settle it (statistics.md 4.5)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from stats.quantiles import TWO_SIDED, normal_quantile

Sufficiency = Literal["none", "observed_only", "full"]
# There is no automatic "worse": by chance it would come up in 3–5.5 % of plans without any effect.
Verdict = Literal["improved", "cannot_tell_yet", "not_enough_data"]

LEAST_BEFORE = 3
LEAST_AFTER = 5
LEAST_PEERS = 10
MOST_FURTHER_REVIEWS = 200


@dataclass(frozen=True, slots=True)
class FurtherReviews:
    """Hold how many more reviews after coaching would settle the effect, 0 when it is settled.

    n None: no_effect (it is exactly 0) or baseline_too_small, for no number of them can.
    """

    n: int | None
    reason: str | None = None


def sufficiency(
    pre_n: int, *, post_n: int, peers: int, peer_counts_ok: bool, baseline_covers_selection_data: bool
) -> Sufficiency:
    """Say how much of an agent's effect may be shown (statistics.md 4.5).

    peers: uncoached agents on the same skill; peer_counts_ok: each has two reviews or more on both sides.
    "none"; "observed_only": the change, labelled "includes chance"; "full": effect with interval.
    """
    if pre_n < LEAST_BEFORE or post_n < LEAST_AFTER:
        return "none"
    compared = peers >= LEAST_PEERS and peer_counts_ok
    return "full" if compared and baseline_covers_selection_data else "observed_only"


def verdict(lo: float | None, *, shown: Sufficiency) -> Verdict:
    """Put an effect into a word: "improved" only when its lower limit (points) lies above 0."""
    if shown != "full" or lo is None:
        return "not_enough_data"
    return "improved" if lo > 0 else "cannot_tell_yet"


def further_reviews(
    effect: float,
    *,
    post_n: float,
    sigma2: float,
    baseline_variance: float,
    level_factor: float,
    omega2: float,
    shift_variance: float,
) -> FurtherReviews:
    """Find the smallest number of further reviews for which z·se < |effect|, everything else unchanged, up to 200.

    effect: points; variances: squared points, as coaching_effect gives them; post_n: reviews after coaching so far, or
    Kish's effective number of them.
    """
    z = normal_quantile(TWO_SIDED)

    def margin(further: int) -> float:
        if post_n + further == 0:
            return math.inf
        own = level_factor * (baseline_variance + sigma2 / (post_n + further))
        return z * math.sqrt(own + omega2 + shift_variance)

    return fewest_further(effect, margin=margin)


def fewest_further(effect: float, *, margin: Callable[[int], float]) -> FurtherReviews:
    """Find the smallest number of further reviews for which the margin lies under |effect|, up to 200.

    effect: points; margin: number of further reviews → half the width of the 95 % interval, everything else unchanged.
    """
    if effect == 0:
        return FurtherReviews(None, "no_effect")
    for further in range(MOST_FURTHER_REVIEWS + 1):
        if margin(further) < abs(effect):
            return FurtherReviews(further)
    return FurtherReviews(None, "baseline_too_small")
