"""The trigger rules as data: what opens a plan, what is worth a look, and what is worth praising. Pure.

The defaults are those that statistics.md 5 measured, and for critical errors those that docs/coaching.md reasons; a
workspace changes them in the product, and every proposal keeps the rules that it was made by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from stats.change_alarm import LIMIT
from stats.plan_states import OPEN_ABOVE, RUNNING


@dataclass(frozen=True, slots=True)
class Rules:
    """All trigger rules. Targets in points 0–100, chances in [0, 1]; `critical_count` 0 and the like switch one off.

    targets: by "skill" or "skill:level"; what stands in neither has the general target.
    """

    target: float = 70.0
    targets: Mapping[str, float] = field(default_factory=dict)
    above: float = OPEN_ABOVE
    running: int = RUNNING
    watches_critical: bool = True
    critical_count: int = 3
    critical_days: int = 28
    watches_decline: bool = True
    decline_limit: float = LIMIT
    watches_strengths: bool = True
    strength_above: float = 0.95
    strength_weeks: int = 13

    def target_of(self, skill: str, level: str = "") -> float:
        """Return the target of a skill in points: the one for the level, else the skill's, else the general one."""
        return self.targets.get(f"{skill}:{level}", self.targets.get(skill, self.target))


SHIPPED = Rules()
# What each number may be, both ends included.
BOUNDS: dict[str, tuple[float, float]] = {
    "target": (0, 100),
    "above": (0.5, 0.99),
    "running": (1, 8),
    "critical_count": (2, 20),
    "critical_days": (7, 182),
    "decline_limit": (2, 6),
    "strength_above": (0.5, 0.99),
    "strength_weeks": (4, 52),
}


def to_json(rules: Rules) -> dict[str, Any]:
    """Return the rules as they are stored."""
    return asdict(rules)


def from_json(stored: Mapping[str, Any]) -> Rules:
    """Read stored rules; what a later version of the product added has its default."""
    known = {one.name for one in fields(Rules)}
    return Rules(**{name: value for name, value in stored.items() if name in known})


def out_of_bounds(rules: Rules) -> str | None:
    """Return the first name whose value is not possible; None when all are."""
    for name, (low, high) in BOUNDS.items():
        if not low <= getattr(rules, name) <= high:
            return name
    low, high = BOUNDS["target"]
    return next((name for name, target in rules.targets.items() if not low <= target <= high), None)


def changed(before: Rules, after: Rules) -> list[str]:
    """Return the names of what differs."""
    return [one.name for one in fields(Rules) if getattr(before, one.name) != getattr(after, one.name)]
