"""One step of a trigger: from where it stood after the last look, by this week's level. Pure.

The weekly look and the dry run of other rules take the same step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from coaching.rules import Rules
from coaching.windows import AgentWeeks, Level
from stats.plan_states import PlanState, plan_step


@dataclass(frozen=True, slots=True)
class Before:
    """What the next look steps from."""

    week: str
    state: PlanState
    newest_published_at: datetime | None


def is_newer(sums: AgentWeeks, before: Before | None) -> bool:
    """Say whether a look rests on a review that the previous look could not use.

    That is one published later, or one of the look's own week: the previous look's window ended before it, though
    it may itself have been run again after that review was published.
    """
    if before is None or before.newest_published_at is None or sums.n[-1] > 0:
        return True
    return sums.newest_at is not None and sums.newest_at > before.newest_published_at


def step(state: PlanState, level: Level, *, newer: bool, rules: Rules, person_decides: bool) -> PlanState:
    """Return where the trigger stands after a week's level, by the rules."""
    return plan_step(
        state,
        p=level.probability,
        ok=level.reason is None and newer,
        person_decides=person_decides,
        above=rules.above,
        running=rules.running,
    )


def urgency(probability: float | None, *, level: float | None, target: float) -> float:
    """Return P × gap in points: how likely and how far under the target. An agent has at most two open plans."""
    gap = target - (level if level is not None else target)
    return (probability or 0) * max(0.0, gap)
