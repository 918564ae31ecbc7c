"""How far into a stratum the sample reaches, pure: the prefix rule with skips (statistics.md 1.2 and 1.3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sampling.design import eligible_limits, eligible_N


@dataclass(frozen=True, slots=True)
class Prefix:
    """k: units looked at, in ascending u; n_e: eligible ones among them; m: the final sample, nonresponse included."""

    k: int
    n_e: int
    m: int


def reach(size: int, quota: int, *, vacated: Collection[int], ineligible: Collection[int]) -> Prefix:
    """Return the prefix of a stratum after its skips. Places count from 1 in ascending u.

    `vacated` are the places that were handed on to the next unit: the prefix ends where the quota is filled by the
    others, or with the frame. `ineligible` are those that left the frame. A place can be vacated and stay eligible:
    a nonresponse that was replaced, or a skip that a second person overruled after its replacement was released.
    """
    held = k = 0
    given_up = frozenset(vacated)
    while held < quota and k < size:
        k += 1
        held += k not in given_up
    eligible = k - sum(1 for place in set(ineligible) if place <= k)
    return Prefix(k=k, n_e=eligible, m=eligible)


def estimated_eligible(size: int, prefix: Prefix) -> float:
    """Return how many units of the stratum are eligible: exact when all were looked at, else estimated."""
    return eligible_N(size, prefix.k, prefix.n_e, stopped_at_quota=prefix.k < size)


def limits_of_eligible(size: int, prefix: Prefix) -> tuple[int, int]:
    """Return the 95 % limits of the same; both are what was counted when all were looked at."""
    return eligible_limits(size, prefix.k, prefix.n_e)


def inclusion_probability(size: int, prefix: Prefix) -> float | None:
    """Return the chance m / N_e that an eligible unit of the stratum was drawn; None when none is known to be one."""
    eligible = estimated_eligible(size, prefix)
    return min(prefix.m / eligible, 1.0) if eligible > 0 else None
