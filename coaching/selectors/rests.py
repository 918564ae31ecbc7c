"""What the two means of an outcome rest on, beside their reviews: N, the response rate, and each one's own interval."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from datetime import datetime

from coaching.effects import effective_numbers
from coaching.models import Outcome
from coaching.selectors import bases
from coaching.selectors.bases import Basis
from stats.quantiles import TWO_SIDED, normal_quantile


@dataclass(frozen=True, slots=True)
class Rests(Basis):
    """One side: what its mean rests on, and the limits of the mean."""

    low: float | None = None
    high: float | None = None


def rests_of(outcome: Outcome, *, now: datetime) -> tuple[Rests, Rests]:
    """Return what the means before and after rest on: the random pool, by the rubrics that are compared."""
    windows = bases.windows_of(outcome)
    known, worth = bases.read(windows, now=now), effective_numbers(outcome.inputs)
    before, after = (known.of(window) for window in windows)
    return (
        _side(outcome, before, n=worth[0] or outcome.pre_n, mean=outcome.pre_mean),
        _side(outcome, after, n=worth[1] or outcome.post_n, mean=outcome.post_mean),
    )


def _side(outcome: Outcome, basis: Basis, *, n: float, mean: float | None) -> Rests:
    held = {one.name: getattr(basis, one.name) for one in fields(basis)}
    if mean is None or outcome.sigma2 is None or not n:
        return Rests(**held)
    margin = normal_quantile(TWO_SIDED) * math.sqrt(outcome.sigma2 / n)
    return Rests(**held, low=max(0.0, mean - margin), high=min(100.0, mean + margin))
