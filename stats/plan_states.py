"""When a coaching plan opens and when closing it is suggested (statistics.md 5.2), one weekly look at a time.

A database row per agent, skill and week can hold a PlanState; the next look is plan_step from the row before it.
plan_path is that step folded over a whole history, with every suggestion to close followed at once.

What a look does with p = P(true mean < target) and ok:

| state before | look | state after |
|---|---|---|
| none | p > above (.90), fewer than `running` (2) times running | none, above = how often |
| none | p > above, for the last of `running` times running | opened |
| opened, open | p < .50, for the first time running | open, below = 1 |
| opened, open | p < .50, for the second time running | close_suggested |
| any of these | anything else with data | counts back to zero, otherwise as before |
| any of these | no data | counts back to zero, state stays, nothing opens, nothing is closed |
| cooldown | anything, with or without data | cooldown until four looks have passed; its weeks count for nothing |

"No data" is ok = False or p = None: the data flag is down, or the newest review is not newer than the one the
previous look used. Such a week breaks a run: two looks count as "running" only when they
follow each other, both with data.
Recomputing the current week steps again from the *previous* week's state, so nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

StateName = Literal["none", "opened", "open", "close_suggested", "cooldown"]

OPEN_ABOVE = 0.90
CLOSE_BELOW = 0.50
RUNNING = 2
COOLDOWN_LOOKS = 4


@dataclass(frozen=True, slots=True)
class PlanState:
    """Hold where one agent and skill stand after a look.

    above: looks running over the threshold while no plan is open (0 to running); below: looks running under .50 while
    one is (0–2); cooldown_left: looks still to be sat out, this one not included (0–4).
    """

    name: StateName = "none"
    above: int = 0
    below: int = 0
    cooldown_left: int = 0


def plan_step(
    state: PlanState,
    *,
    p: float | None,
    ok: bool,
    person_decides: bool = False,
    above: float = OPEN_ABOVE,
    running: int = RUNNING,
) -> PlanState:
    """Return the state after one more weekly look; the table above is the whole rule.

    p: probability in [0, 1] or None; ok: the data flag is up and there is a newer review than at the last look;
    above, running: what opens a plan, a probability and a number of looks (statistics.md measured .90 and 2).
    person_decides: a suggestion to close stands until plan_ended says that someone closed the plan, and is taken back
    when p is .50 or more again. Without it (plan_path) the suggestion counts as followed and cooldown begins.
    """
    if state.cooldown_left > 0:
        return PlanState("cooldown", cooldown_left=state.cooldown_left - 1)
    data = ok and p is not None
    if state.name in ("none", "cooldown"):
        return _without_plan(state, over=data and p is not None and p > above, running=running)
    if not data or p is None:
        return PlanState("open" if state.name == "opened" else state.name)
    if p >= CLOSE_BELOW:
        return PlanState("open")
    below = min(state.below + 1, RUNNING)
    if below < RUNNING and state.name != "close_suggested":
        return PlanState("open", below=below)
    return PlanState("close_suggested", below=below, cooldown_left=0 if person_decides else COOLDOWN_LOOKS)


def plan_ended(state: PlanState) -> PlanState:
    """Return the state once a person has declined or closed the plan: the next four looks are cooldown.

    Apply it to the last look's state before the next step, also when that step is recomputed.
    """
    return PlanState("cooldown", cooldown_left=COOLDOWN_LOOKS)


def plan_started(state: PlanState) -> PlanState:
    """Return the state once a person has started a plan by hand: open, whatever was counted before."""
    return PlanState("open")


def plan_withheld(state: PlanState, *, running: int = RUNNING) -> PlanState:
    """Return the state when an opened plan could not be proposed, as with two open plans already.

    No plan is open, and the look still counts as one above, so the next one above opens again.
    """
    return replace(state, name="none", above=running, below=0, cooldown_left=0)


def plan_path(p: Sequence[float | None], *, ok: Sequence[bool]) -> list[StateName]:
    """Return the state's name after each weekly look, oldest first; it is plan_step folded over the weeks.

    p: probabilities; ok: whether there were data that week, same length. Raises ValueError on unequal lengths.
    """
    state = PlanState()
    names: list[StateName] = []
    for chance, flag in zip(p, ok, strict=True):
        state = plan_step(state, p=chance, ok=flag)
        names.append(state.name)
    return names


def _without_plan(state: PlanState, *, over: bool, running: int) -> PlanState:
    if not over:
        return PlanState("none")
    above = min(state.above + 1, running)
    return PlanState("opened" if above == running else "none", above=above if above < running else 0)
