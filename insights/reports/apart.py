"""Ordered lists: what stands in one group, because the numbers cannot tell it apart (statistics.md 8, rule 3)."""

from __future__ import annotations

from collections.abc import Sequence

from stats import cannot_tell_apart

LEAST_SD = 1e-9


def groups_apart(level: Sequence[float], *, sd: Sequence[float]) -> list[list[int]]:
    """Put places in groups, in the order given, which is by level.

    A new group starts with the first that can be told apart from the group's first.
    """
    bands = cannot_tell_apart(level, sd=[max(one, LEAST_SD) for one in sd])
    groups: list[list[int]] = []
    for place in range(len(level)):
        if groups and place in bands[groups[-1][0]]:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups
