"""Who can be compared with whom: the graph of reviewers and agents (statistics.md 3, Identifiability)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

# Below it, true differences between two groups' agents would still be blamed on their reviewers by 1.5 to 2.8 points.
LEAST_SHARED_CONVERSATIONS = 60


@dataclass(frozen=True, slots=True)
class Component:
    """Hold the ids, ascending, of agents and reviewers that a chain of reviews connects."""

    agents: list[int]
    reviewers: list[int]


class UnionFind:
    """Keep disjoint sets of n members, numbered from 0."""

    def __init__(self, n: int) -> None:
        self._parent = list(range(n))

    def find(self, member: int) -> int:
        """Return the representative of a member's set, halving the path on the way."""
        while self._parent[member] != member:
            self._parent[member] = self._parent[self._parent[member]]
            member = self._parent[member]
        return member

    def join(self, one: int, other: int) -> None:
        """Make one set of two; the smaller representative stays."""
        low, high = sorted((self.find(one), self.find(other)))
        self._parent[high] = low


def components(agent: Sequence[int], *, reviewer: Sequence[int]) -> list[Component]:
    """Split the reviewer–agent graph into connected components, ordered by their smallest agent.

    agent, reviewer: ids from 0, one entry per review, same length; ids without a review belong nowhere.
    Raises ValueError when the lengths differ.
    """
    edges = set(zip(agent, reviewer, strict=True))
    first_reviewer = max(agent, default=-1) + 1
    sets = UnionFind(first_reviewer + max(reviewer, default=-1) + 1)
    for one, other in edges:
        sets.join(one, first_reviewer + other)
    agents, reviewers = defaultdict(set), defaultdict(set)
    for one, other in edges:
        agents[sets.find(one)].add(one)
        reviewers[sets.find(one)].add(other)
    # An agent has a smaller number than any reviewer, so a set is represented by its smallest agent.
    return [Component(sorted(agents[root]), sorted(reviewers[root])) for root in sorted(agents)]


def comparable(
    agent: Sequence[int], *, reviewer: Sequence[int], calibration: Sequence[Mapping[str, Sequence[float]]] = ()
) -> list[Component]:
    """Join the components of reviews that share at least 60 multiply scored conversations.

    calibration: as in repeated_scores; a reviewer without reviews belongs nowhere. Ordered by the smallest agent.
    """
    parts = components(agent, reviewer=reviewer)
    home = {who: number for number, part in enumerate(parts) for who in part.reviewers}
    shared: Counter[tuple[int, int]] = Counter()
    for conversation in calibration:
        present = sorted({home[int(who)] for who in conversation["reviewers"] if int(who) in home})
        shared.update(combinations(present, 2))
    sets = UnionFind(len(parts))
    for (one, other), conversations in shared.items():
        if conversations >= LEAST_SHARED_CONVERSATIONS:
            sets.join(one, other)
    joined: dict[int, list[Component]] = {}
    for number, part in enumerate(parts):
        joined.setdefault(sets.find(number), []).append(part)
    return [
        Component(
            sorted(who for part in group for who in part.agents),
            sorted(who for part in group for who in part.reviewers),
        )
        for group in joined.values()
    ]
