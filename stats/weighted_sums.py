"""A Hájek mean from sums that add exactly (statistics.md 1.5): for scores that come in slices and are not all held."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from stats.estimates import WeightedEstimate, t_interval
from stats.intervals import RateInterval, wilson

UNIT = 1000


def weight_of(pi: float) -> int:
    """Return for how many units one that was drawn with this chance stands, 1/π, in whole thousandths; 1 for no chance.

    pi: in [0, 1]; what is known to be drawn without a known chance stands for itself.
    """
    return max(UNIT, round(UNIT / pi)) if pi > 0 else UNIT


def weighted_spread(n: int, *, size: int, sizes2: int, total: int, squares: int) -> tuple[float, float]:
    """Return n_eff = (Σw)²/Σw² and s_w² = Σw(y − ȳ)²/Σw · n/(n − 1) of n > 1 scores, from Σw, Σw², Σwy and Σwy².

    In the units of y, as stats.hajek_score_interval takes them of all scores (statistics.md 1.6); whole numbers, so
    that no digits cancel.
    """
    around = Fraction(size * squares - total * total, size * size)
    return float(Fraction(size * size, sizes2)), float(around * n / (n - 1))


@dataclass(slots=True)
class WeightedSums:
    """Hold n scores y (whole numbers) with weights w (whole thousandths, at least 1000) as n, Σy and Σy² per weight.

    With inclusion probabilities π = 1/w the variance of the mean is Σ(1 − π)(w(y − ȳ))²/(Σw)² = Σv(y − ȳ)²/(Σw)² with
    v = w² − 1000·w, which these sums give exactly, whatever the order and the slices in which scores came.
    """

    by_weight: dict[int, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, parts: Mapping[str, Sequence[int]]) -> WeightedSums:
        """Read sums as they were kept."""
        return cls({int(weight): list(sums) for weight, sums in parts.items()})

    def add(self, score: int, *, weight: int = UNIT) -> None:
        """Count one more score."""
        sums = self.by_weight.get(weight)
        if sums is None:
            sums = self.by_weight[weight] = [0, 0, 0]
        sums[0] += 1
        sums[1] += score
        sums[2] += score * score

    def parts(self) -> dict[str, list[int]]:
        """Return the sums as they are kept."""
        return {str(weight): sums for weight, sums in self.by_weight.items()}

    @property
    def n(self) -> int:
        """Return the number of scores."""
        return sum(sums[0] for sums in self.by_weight.values())

    @property
    def is_whole(self) -> bool:
        """Say whether every score stands for itself alone: everything was reviewed."""
        return all(weight == UNIT for weight in self.by_weight)

    def estimate(self, *, scale: int = 1) -> WeightedEstimate:
        """Return the mean in units of `scale` with its 95 % limits; as `hajek` of the scores would."""
        n, rows = self.n, self.by_weight.items()
        if not n:
            return WeightedEstimate(None, reason="no_reviews")
        size = sum(weight * count for weight, (count, _y, _y2) in rows)
        total = sum(weight * score for weight, (_n, score, _y2) in rows)
        mean, effective = Fraction(total, size), size**2 / sum(weight**2 * count for weight, (count, _y, _y2) in rows)
        known = WeightedEstimate(
            float(mean / scale), N_hat=size / UNIT, n_eff=effective, ht_total=total / UNIT / scale, reason="one_review"
        )
        if n == 1:
            return known
        around = sum((w**2 - UNIT * w) * (y2 - 2 * mean * y + mean**2 * count) for w, (count, y, y2) in rows)
        poisson = math.sqrt(around / size**2) / scale
        found = t_interval(float(mean / scale), se=poisson * math.sqrt(n / (n - 1)), df=max(1.0, effective - 1))
        return WeightedEstimate(
            found.mean, known.N_hat, found.se, poisson, effective, found.lo, found.hi, known.ht_total
        )  # fmt: skip

    def rate(self, *, scale: int = 1) -> RateInterval:
        """Return the share of scores `scale` among 0 and `scale` with its Wilson limits; as `hajek_pass_rate` would.

        Scores between them are units that were judged several times, and otherwise.
        """
        share = self.estimate(scale=scale)
        if share.mean is None or share.n_eff is None:
            return RateInterval(None, reason=share.reason)
        if self.is_whole:
            return RateInterval(share.mean, share.mean, share.mean)
        variance = (share.se or 0.0) ** 2
        effective = share.mean * (1 - share.mean) / variance if variance > 0 else share.n_eff
        return wilson(share.mean * effective, n=effective)
