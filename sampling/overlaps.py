"""Count units that stand in several frames once, pure."""

from __future__ import annotations

from collections.abc import Iterable, Set
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
