"""How many reviews a question needs (statistics.md 1.9)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stats.intervals import wilson_half_width
from stats.quantiles import TWO_SIDED, normal_quantile, t_quantile

# Pooled standard deviation of a review's score in points, until a team has its own.
DEFAULT_SD = 21.0
# Beyond this the answer is "never", not a number of reviews.
MOST = 1_000_000_000
# Keeps 40/0.8 at 50 although 0.8 is stored a hair below.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class SampleSize:
    """Hold the reviews needed n and the conversations to assign so that n come back; None with a reason if never."""

    n: int | None
    assign: int | None
    reason: str | None = None


def n_for_mean(
    E: float, *, S: float = DEFAULT_SD, N: int | None = None, resp: float = 1.0, d0: float = 0.0
) -> SampleSize:
    """Find the smallest n whose t interval for the mean is at most ±E, and assign = ⌈n/resp⌉.

    E: half width in points; S: standard deviation of scores in points; N: conversations in the period, None for many;
    resp: share of assigned reviews that get done, in (0, 1]; d0: see mean_half_width. assign may exceed N: reason
    says so.
    """
    n = _smallest(lambda size: mean_half_width(size, S=S, N=N, d0=d0) or 0.0, E=E, least=1 if d0 else 2, N=N)
    if n is None:
        return SampleSize(None, None, "precision_out_of_reach")
    if not 0 < resp <= 1:
        return SampleSize(n, None, "no_response_rate")
    assign = math.ceil(n / resp - ROUNDING)
    return SampleSize(n, assign, "more_than_there_are" if N is not None and assign > N else None)


def n_for_rate(E: float, *, p: float, N: int | None = None) -> int | None:
    """Find the smallest n whose Wilson interval for a rate near p has a half width of at most E.

    E, p: shares in [0, 1]; N: conversations in the period, None for many. None when no n is enough.
    """
    return _smallest(lambda size: _rate_half_width(size, p=p, N=N), E=E, least=1, N=N)


def n_two_means(delta: float, *, S: float = DEFAULT_SD, power: float = 0.8) -> int | None:
    """Return the reviews each of two agents needs to be told apart: ⌈2((z.975 + z_power) S/δ)²⌉.

    delta: true difference in points; S: standard deviation in points; power: in (0, 1). None for no difference.
    """
    if delta == 0 or not 0 < power < 1:
        return None
    needed = 2 * ((normal_quantile(TWO_SIDED) + normal_quantile(power)) * S / delta) ** 2
    return max(1, math.ceil(needed - ROUNDING)) if needed <= MOST else None


def mean_half_width(n: float, *, S: float = DEFAULT_SD, N: float | None = None, d0: float = 0.0) -> float | None:
    """Return the half width of the 95 % interval that n reviews will give a mean, in points: t S √((1−n/N)/n).

    n: reviews, perhaps an expected number; S: standard deviation in points; N: conversations, None for many;
    d0: how many reviews the team's variance counts for (intervals.D0 for the interval of an agent's page, 0 for a
    spread known from these n alone). Zero when all are reviewed, None when n gives no interval.
    """
    df = d0 + n - 1
    if n > 0 and N is not None and n >= N:
        return 0.0
    if n <= 0 or df <= 0:
        return None
    return t_quantile(TWO_SIDED, df=df) * S * math.sqrt((1 if N is None else 1 - n / N) / n)


def stratified_half_width(n: Sequence[float], *, N: Sequence[float], S: float = DEFAULT_SD, d0: float) -> float | None:
    """Return the half width of the 95 % interval of a mean over strata, such as a team over its agents, in points.

    n, N: reviews and conversations of each stratum, same length (ValueError otherwise); S: their common standard
    deviation in points. V = Σ (N_h/N)² (1−n_h/N_h) S²/n_h with Satterthwaite's df (statistics.md 1.4), each stratum's
    spread known from d0 + n_h − 1. None when some stratum has no review: its part of the mean would be unknown.
    """
    pairs = [(count, size) for count, size in zip(n, N, strict=True) if size > 0]
    whole = math.fsum(size for _, size in pairs)
    if not pairs or any(count <= 0 or (count < size and d0 + count <= 1) for count, size in pairs):
        return None
    parts = [
        ((size / whole) ** 2 * (1 - count / size) * S * S / count, d0 + count - 1)
        for count, size in pairs
        if count < size
    ]
    variance = math.fsum(part for part, _ in parts)
    if variance <= 0:
        return 0.0
    df = variance**2 / math.fsum(part**2 / each for part, each in parts)
    return t_quantile(TWO_SIDED, df=df) * math.sqrt(variance)


def hajek_half_width(
    pi: Sequence[float], *, N: Sequence[float], S: float = DEFAULT_SD, resp: float = 1.0
) -> float | None:
    """Return the half width of the 95 % interval that a weighted mean over two pools is expected to get, in points.

    N: how many conversations have each chance pi in (0, 1], same length (ValueError otherwise); S: standard deviation
    in points over all of them; resp: share of what is drawn that is reviewed, in (0, 1]. The expectation of
    V = Σ (1−pi) w² S² / (Σw)² · n/(n−1) with df = n_eff − 1 (statistics.md 1.5). None when one review or less is
    expected, or some conversation has no chance.
    """
    groups = [(size, chance) for size, chance in zip(N, pi, strict=True) if size > 0]
    whole = math.fsum(size for size, _ in groups)
    if not groups or resp <= 0 or any(chance <= 0 for _, chance in groups):
        return None
    n = resp * math.fsum(size * chance for size, chance in groups)
    inverse = math.fsum(size / chance for size, chance in groups)
    if n <= 1:
        return None
    variance = S * S / resp * max(inverse - whole, 0.0) / whole**2 * n / (n - 1)
    df = max(1.0, resp * whole**2 / inverse - 1)
    return t_quantile(TWO_SIDED, df=df) * math.sqrt(variance)


def _rate_half_width(n: int, *, p: float, N: int | None) -> float:
    if N is not None and n >= N:
        return 0.0
    return wilson_half_width(p, n=n if N is None else n * (N - 1) / (N - n))


def _smallest(half_width: Callable[[int], float], *, E: float, least: int, N: int | None) -> int | None:
    """Search by halving: both half widths only fall as n grows."""
    if E < 0 or (N is not None and N <= 0):
        return None
    highest = least if N is None else N
    while N is None and half_width(highest) > E:
        highest *= 2
        if highest > MOST:
            return None
    lowest = min(least, highest)
    while lowest < highest:
        middle = (lowest + highest) // 2
        if half_width(middle) <= E:
            highest = middle
        else:
            lowest = middle + 1
    return highest
