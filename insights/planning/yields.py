"""What a quota and a targeted pool bring for one person and for a team: pure arithmetic over stats/."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import lru_cache

from sampling.targeting import combined, floor_holds
from stats import D0, hajek_half_width, mean_half_width, stratified_half_width

# Share of a person's conversations, and the chance pi^T that each of these has in the targeted pool.
ByRisk = tuple[tuple[float, float], ...]
Widths = tuple[float | None, float | None]
NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Yield:
    """What a quota brings: drawn a period, share that comes back, spread in points, periods in four weeks.

    by_risk: what the targeted pool takes beside the quota; together: the spread of all people's scores in points.
    """

    quota: int
    _: KW_ONLY
    rate: float
    sd: float
    four: int
    by_risk: ByRisk = ()
    together: float = 0.0

    def share(self, size: int) -> float:
        """Return the chance of a conversation in the random pool of a person who has so many."""
        return min(1.0, self.quota / size)

    def chances(self, size: int) -> ByRisk:
        """Return shares of the conversations with their chance over both pools (statistics.md 1.5)."""
        share = self.share(size)
        hit = [(part, combined(share, chance)) for part, chance in self.by_risk]
        rest = 1 - math.fsum(part for part, _ in self.by_risk)
        return (*hit, (rest, share)) if rest > NOTHING else tuple(hit)

    def targeted(self, size: int) -> float:
        """Return how many the targeted pool is expected to take beside the random one."""
        return size * (1 - self.share(size)) * math.fsum(part * chance for part, chance in self.by_risk)

    def expected(self, size: int) -> float:
        """Return how many of a person's reviews come back in a period."""
        return (min(size, self.quota) + self.targeted(size)) * self.rate

    def effective(self, size: int) -> float:
        """Return how many plain reviews the weighted ones are worth: N² / Σ 1/pi of those that come back."""
        if not self.by_risk:
            return self.expected(size)
        found = self.chances(size)
        if any(chance <= 0 for _, chance in found):
            return 0.0
        return size / math.fsum(part / chance for part, chance in found) * self.rate

    def holds_the_floor(self, size: int) -> bool:
        """Say whether enough is drawn at random for the average of one person."""
        by_risk = size * math.fsum(part * chance for part, chance in self.by_risk)
        return not self.by_risk or floor_holds(min(size, self.quota), by_risk, is_census=self.quota >= size)

    def half_widths(self, size: int) -> Widths:
        """Return the half widths of one period and of four weeks for a person with so many conversations a period."""
        if not self.holds_the_floor(size):
            return None, None
        n, four = self.effective(size), self.four
        return mean_half_width(n, N=size, S=self.sd, d0=D0), mean_half_width(n * four, N=size * four, S=self.sd, d0=D0)


def team_half_widths(members: Sequence[tuple[Yield, int]]) -> Widths:
    """Return the same for a team, of each member's yield and conversations, as the team's page will work it out.

    By its people as strata (statistics.md 1.4); where some is drawn by risk, by the chances over both pools (1.5).
    """
    one = members[0][0]
    if any(brings.by_risk for brings, _size in members):
        parts = [(size * part, chance) for brings, size in members for part, chance in brings.chances(size)]
        return _pair(
            one.four,
            lambda periods: hajek_half_width(
                [chance for _, chance in parts], N=[periods * count for count, _ in parts], S=one.together,
                resp=one.rate,
            ),
        )  # fmt: skip
    n, sizes = [brings.expected(size) for brings, size in members], [size for _, size in members]
    return _pair(
        one.four,
        lambda periods: stratified_half_width(
            [periods * count for count in n], N=[periods * size for size in sizes], S=one.sd, d0=D0
        ),
    )


def quota_for(precision: float, *, most: int, half_width: Callable[[int], float | None]) -> int | None:
    """Return the smallest quota up to `most` whose half width is at most so many points; None when none is."""
    lowest, highest = 1, most
    while lowest < highest:
        middle = (lowest + highest) // 2
        width = half_width(middle)
        lowest, highest = (lowest, middle) if width is not None and width <= precision else (middle + 1, highest)
    width = half_width(lowest) if most else None
    return lowest if width is not None and width <= precision else None


@lru_cache(maxsize=4096)
def needed_by(size: int, precision: float, brings: Yield) -> int | None:
    """Return the quota that gives a person with so many conversations a precision in one period; kept: many share it.

    brings: with the quota 1, so that people who differ in theirs alone share the answer.
    """
    return quota_for(precision, most=size, half_width=lambda quota: other_quota(brings, quota).half_widths(size)[0])


def pooled(people: Sequence[tuple[ByRisk, int]]) -> ByRisk:
    """Return what the targeted pool takes of a person in the middle: all their conversations together."""
    whole = sum(size for _, size in people)
    counted: Counter[float] = Counter()
    for by_risk, size in people:
        for part, chance in by_risk:
            counted[chance] += part * size / whole  # type: ignore[assignment]  # shares, not counts
    return tuple((part, chance) for chance, part in sorted(counted.items()))


def other_quota(brings: Yield, quota: int) -> Yield:
    """Return the same with another quota."""
    return replace(brings, quota=quota)


def _pair(four: int, half_width: Callable[[int], float | None]) -> Widths:
    return half_width(1), half_width(four)
