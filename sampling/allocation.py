"""Share a quota among strata, or expected picks among units. Letters as in Cochran (1977)."""

# ruff: noqa: N803 - formulas keep the letters of their source
from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def pps_rates(x: Sequence[float], n: float, pi_max: float = 1.0) -> list[float]:
    """Return inclusion probabilities in proportion to size: pi_i = min(pi_max, c·x_i) with sum n.

    Units without a positive size get 0. When even pi_max for every other unit does not add up to n, they all get
    pi_max. Tillé (2006) §2.10; the same as R sampling::inclusionprobabilities for pi_max = 1.
    """
    rates = [0.0] * len(x)
    open_units = [i for i, size in enumerate(x) if size > 0]
    left = max(float(n), 0.0)
    while open_units and pi_max > 0:
        scale = left / sum(x[i] for i in open_units)
        capped = {i for i in open_units if scale * x[i] >= pi_max}
        if not capped:
            for i in open_units:
                rates[i] = scale * x[i]
            break
        for i in capped:
            rates[i] = float(pi_max)
        left = max(left - pi_max * len(capped), 0.0)
        open_units = [i for i in open_units if i not in capped]
    return rates


def dual_pi(m_R: int, N: float, pi_T: Sequence[float]) -> list[float]:
    """Return the chance of each unit to be in the random or the targeted pool: 1 − (1 − m/N)(1 − pi_T).

    Holds because the two pools use independent hashes. N is the (estimated) number of eligible units.
    """
    share = min(m_R / N, 1.0) if N > 0 else 0.0
    return [1.0 - (1.0 - share) * (1.0 - chance) for chance in pi_T]


def allocate(N_h: Sequence[int], n: int, S_h: Sequence[float] | None = None, n_min: int = 1) -> list[int]:
    """Return the quota of each stratum: proportional to N_h (S_h None) or to N_h·S_h (Neyman).

    No stratum gets less than n_min or more than it holds; what the bounds take or give is shared among the others
    in the same proportion; whole numbers by largest remainder, ties to the larger stratum, then the lower index.
    The total is min(n, ΣN_h); a floor that would break it is lowered for all alike. Cochran (1977) §5.5, §5.9.
    """
    sizes = [Fraction(size) for size in N_h]
    weights = sizes if S_h is None else [size * Fraction(str(max(s, 0.0))) for size, s in zip(N_h, S_h, strict=True)]
    return share_out(n, weights, N_h=N_h, n_min=n_min)


def share_out(n: int, weights: Sequence[Fraction], *, N_h: Sequence[int], n_min: int = 1) -> list[int]:
    """Return the quota of each stratum in proportion to any weights, within the same bounds as allocate."""
    total = max(min(n, sum(N_h)), 0)
    floor = max(n_min, 0)
    while sum(min(floor, size) for size in N_h) > total:
        floor -= 1
    lowest = [min(floor, size) for size in N_h]
    shares = _bounded(list(weights), [Fraction(size) for size in N_h], lowest, total)
    return _whole(shares, N_h, total)


def _bounded(weights: list[Fraction], sizes: list[Fraction], lowest: list[int], total: int) -> list[Fraction]:
    """Return shares clip(c·w, lowest, size) with the given total: the bound that is missed by more is fixed first."""
    shares: dict[int, Fraction] = {}
    while len(shares) < len(sizes):
        free = [i for i in range(len(sizes)) if i not in shares]
        left = total - sum(shares.values(), Fraction(0))
        # Strata without any spread are served last, by their size, once all others are full.
        by = weights if any(weights[i] for i in free) else sizes
        mass = sum((by[i] for i in free), Fraction(0))
        wanted = {i: left * by[i] / mass if mass else Fraction(0) for i in free}
        short = sum((max(lowest[i] - share, Fraction(0)) for i, share in wanted.items()), Fraction(0))
        over = sum((max(share - sizes[i], Fraction(0)) for i, share in wanted.items()), Fraction(0))
        if not short and not over:
            shares.update(wanted)
        elif short > over:
            shares.update({i: Fraction(lowest[i]) for i, share in wanted.items() if share < lowest[i]})
        else:  # missed by as much on both sides: the next round fixes the other
            shares.update({i: sizes[i] for i, share in wanted.items() if share > sizes[i]})
    return [shares[i] for i in range(len(sizes))]


def _whole(shares: list[Fraction], N_h: Sequence[int], total: int) -> list[int]:
    quotas = [int(share) for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda i: (quotas[i] - shares[i], -N_h[i], i))
    for i in by_remainder[: total - sum(quotas)]:
        quotas[i] += 1
    return quotas
