"""The design of a draw, pure: frame, key and quota in, sample and probabilities out. Formulas: Cochran (1977) et al.

Nothing here knows a database, a clock or a score, which is why nothing of the kind can change a draw.
"""

# ruff: noqa: N802, N803 - formulas keep the letters of their source
from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.special import betaincinv

from sampling.allocation import allocate, dual_pi, pps_rates
from sampling.numbers import SEPARATOR, fingerprint, period_key, prn, random_design, targeted_design, unit_name

__all__ = [
    "SEPARATOR", "ClosedSample", "allocate", "assign_reviewer", "close_sample", "dual_pi", "eligible_N",
    "eligible_limits", "fingerprint",
    "pareto_order", "period_key", "pps_rates", "prn", "random_design", "release_threshold", "targeted_design",
    "unit_name",
]  # fmt: skip


TAIL = 0.025


@dataclass(frozen=True, slots=True)
class ClosedSample:
    """The final sample (0-based places in the frame, in ascending u) and the length k of the prefix looked at."""

    sample: list[int]
    k: int


def release_threshold(n: int, N_forecast: float, overshoot: float = 0.10) -> float:
    """Return tau: units with u < tau are released as they arrive; more than n of them with chance `overshoot`.

    The (n+1)-th smallest of N uniform numbers is Beta(n+1, N−n); tau is its quantile. 1 when N_forecast ≤ n.
    """
    if N_forecast <= n:
        return 1.0
    return float(betaincinv(n + 1, N_forecast - n, overshoot))


def close_sample(u: Sequence[float], eligible: Sequence[bool], n: int, tau: float = 0.0) -> ClosedSample:
    """Return all eligible units among the k smallest numbers.

    k is the place of the n-th eligible unit, or the number of units with u < tau if that is more; the whole frame
    when fewer than n are eligible. k depends on the numbers and on eligibility only, so that every subset of the
    eligible units of the final size is equally likely.
    """
    order = sorted(range(len(u)), key=lambda i: (u[i], i))
    places = [place for place, i in enumerate(order, start=1) if eligible[i]]
    at_quota = places[n - 1] if 0 < n <= len(places) else len(u)
    stop = at_quota if n > 0 else 0
    k = max(stop, sum(1 for value in u if value < tau))
    return ClosedSample(sample=[i for i in order[:k] if eligible[i]], k=k)


def eligible_N(N: int, k: int, n_elig: int, stopped_at_quota: bool = True) -> float:
    """Return the (estimated) number of eligible units in a frame of N, after k were looked at and n_elig were eligible.

    Exact when k = N; N(n_e − 1)/(k − 1) when the prefix ended at the quota (Haldane 1945, inverse sampling);
    N·n_e/k when it ended at tau, or when only one eligible unit was seen (rough). Nobody looked (k = 0): N.
    """
    if k >= N:
        return float(n_elig)
    if k <= 0:
        return float(N)
    if stopped_at_quota and n_elig >= 2 and k >= 2:
        return N * (n_elig - 1) / (k - 1)
    return N * n_elig / k


def eligible_limits(N: int, k: int, n_elig: int) -> tuple[int, int]:
    """Return the 95 % limits of the number of eligible units in a frame of N; what was seen when k = N.

    The prefix of k ended at its n_elig-th eligible unit, so both limits are exact tails of the negative hypergeometric
    distribution: the fewest that so many were likely to be found within k of, and the most that k were likely to be
    looked at for. With no eligible unit seen the prefix ended otherwise, and the tail is the hypergeometric one.
    """
    if k >= N or n_elig >= N:
        return n_elig, n_elig
    out, looked = max(k - n_elig, 0), k - 1 if n_elig else k
    counts = range(n_elig, N - out + 1)
    low = bisect_left(counts, True, key=lambda count: _at_most(out, N - count, N=N, k=k) > TAIL)
    high = bisect_left(counts, True, key=lambda count: 1 - _at_most(out - 1, N - count, N=N, k=looked) <= TAIL)
    return counts[low], counts[max(low, high - 1)]


def _at_most(most: int, marked: int, *, N: int, k: int) -> float:
    """Return the chance that of k units of N, of which some are marked, at most so many are."""
    whole = _log_ways(N, k)
    found = range(max(0, k - (N - marked)), min(most, marked, k) + 1)
    return math.fsum(math.exp(_log_ways(marked, i) + _log_ways(N - marked, k - i) - whole) for i in found)


def _log_ways(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def pareto_order(u: Sequence[float], lam: Sequence[float]) -> list[int]:
    """Return the units in Pareto order; the n first are a fixed-size sample with probabilities near lam (Rosén 1997).

    By (u/(1−u)) / (lam/(1−lam)); lam = 1 comes first, lam = 0 last; equals by u, then by place.
    """

    def ratio(i: int) -> float:
        if lam[i] >= 1:
            return 0.0
        if lam[i] <= 0 or u[i] >= 1:
            return math.inf
        return (u[i] / (1 - u[i])) / (lam[i] / (1 - lam[i]))

    return sorted(range(len(u)), key=lambda i: (ratio(i), u[i], i))


def assign_reviewer(key: str | bytes, period: str, unit: str, capacity: Mapping[str, float]) -> str | None:
    """Return the reviewer of a unit by weighted rendezvous; None when nobody has capacity.

    argmin_j −ln(u("assign|period", unit|j)) / capacity_j: each reviewer gets a share in proportion to capacity, at
    random with respect to the score, and only units of those who leave or join move (Schindelhauer & Schomaker 2005).
    """
    able = [name for name, share in capacity.items() if share > 0]
    if not able:
        return None
    design = f"assign|{period}"
    return min(able, key=lambda name: (-math.log(prn(key, design, f"{unit}|{name}")) / capacity[name], name))
