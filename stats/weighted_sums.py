"""A Hájek mean from sums that add exactly (statistics.md 1.5): for scores that come in slices and are not all held."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass
from fractions import Fraction

from stats.estimates import WeightedEstimate, t_interval
from stats.intervals import RateInterval, wilson

UNIT = 1000


def weight_of(frame_size: int | None, drawn: int | None) -> int:
    """Return for how many conversations a drawn one stands, N/m, in whole thousandths; 1 where that is not known."""
    if not frame_size or not drawn or frame_size < drawn:
        return UNIT
    return (UNIT * frame_size + drawn // 2) // drawn


@dataclass(slots=True)
class WeightedSums:
    """Hold n scores y (whole numbers) with weights w (whole thousandths, at least 1000) as sums; v is w² − 1000·w.

    With inclusion probabilities π = 1/w the variance of the mean is Σ(1 − π)(w(y − ȳ))²/(Σw)² = Σv(y − ȳ)²/(Σw)²,
    which these sums give exactly, whatever the order and the slices in which scores came.
    """

    n: int = 0
    size: int = 0  # Σw
    squared: int = 0  # Σw²
    total: int = 0  # Σwy
    spread: int = 0  # Σv
    first: int = 0  # Σvy
    second: int = 0  # Σvy²

    def add(self, score: int, *, weight: int = UNIT) -> None:
        """Count one more score."""
        square = weight * weight
        left_out = square - UNIT * weight
        self.n += 1
        self.size += weight
        self.squared += square
        self.total += weight * score
        self.spread += left_out
        self.first += left_out * score
        self.second += left_out * score * score

    def parts(self) -> list[int]:
        """Return the sums as they are kept."""
        return list(astuple(self))

    def estimate(self, *, scale: int = 1) -> WeightedEstimate:
        """Return the mean in units of `scale` with its 95 % limits; as `hajek` of the scores would."""
        if not self.n:
            return WeightedEstimate(None, reason="no_reviews")
        mean = Fraction(self.total, self.size)
        size, effective = self.size / UNIT, self.size**2 / self.squared
        known = WeightedEstimate(
            float(mean / scale), N_hat=size, n_eff=effective, ht_total=self.total / UNIT / scale, reason="one_review"
        )
        if self.n == 1:
            return known
        poisson = math.sqrt(self._around(mean) / self.size**2) / scale
        found = t_interval(
            float(mean / scale), se=poisson * math.sqrt(self.n / (self.n - 1)), df=max(1.0, effective - 1)
        )
        return WeightedEstimate(
            found.mean, size, found.se, poisson, effective, found.lo, found.hi, known.ht_total
        )  # fmt: skip

    def rate(self) -> RateInterval:
        """Return the share of scores 1 among 0 and 1 with its Wilson limits; as `hajek_pass_rate` would."""
        share = self.estimate()
        if share.mean is None or share.n_eff is None:
            return RateInterval(None, reason=share.reason)
        if not self.spread:  # everything was reviewed
            return RateInterval(share.mean, share.mean, share.mean)
        variance = (share.se or 0.0) ** 2
        effective = share.mean * (1 - share.mean) / variance if variance > 0 else share.n_eff
        return wilson(share.mean * effective, n=effective)

    def _around(self, mean: Fraction) -> Fraction:
        return self.second - 2 * mean * self.first + mean * mean * self.spread
