"""Count units that stand in several frames once, pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple


class Repeat(NamedTuple):
    """So many units of a stratum stand in all of these earlier strata, and in no other earlier one."""

    earlier: frozenset[int]
    units: int


def repeated(found: Iterable[Repeat], strata: Set[int]) -> int:
    """Return how many units of a stratum some strata hold already: those that one of them, frozen earlier, has.

    A unit in several of the strata is repeated in each but the first, so that sizes less this add up to the number of
    different units.
    """
    return sum(one.units for one in found if not one.earlier.isdisjoint(strata))


def memberships(repeats: Mapping[int, Iterable[Repeat]]) -> dict[frozenset[int], int]:
    """Return how many units stand in exactly which strata, of all that stand in several. repeats: by stratum.

    What a stratum repeats goes on in a later one or ends there, so that the difference is what ends there.
    """
    found: Counter[frozenset[int]] = Counter()
    for stratum, several in repeats.items():
        for earlier, units in several:
            found[earlier | {stratum}] += units
            if len(earlier) > 1:
                found[earlier] -= units
    return {strata: units for strata, units in found.items() if units}
