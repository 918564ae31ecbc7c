"""Where a trigger stood before a week's look, with what people decided since the look before. Pure.

A look is current for the week after it, and is computed again and again in that time. What happens to a plan in
that week therefore belongs to the *next* look: then a look gives the same state whenever it is computed, and a
week that was missed gives the state it would have had in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coaching import weeks
from stats.plan_states import RUNNING, PlanState, plan_ended, plan_started, plan_step, plan_withheld

WITHOUT_PLAN = ("none", "cooldown")


@dataclass(frozen=True, slots=True)
class Span:
    """The weeks in which a plan was open: from one on, and the week in which it was declined or closed, if it was.

    A proposed plan counts from the week after the look that asked for it; one started by hand from that very week.
    """

    first: str
    last: str | None = None


def standing(
    state: PlanState, *, since: str | None, week: str, spans: Sequence[Span], running: int = RUNNING
) -> PlanState:
    """Return the state from which a week's look steps.

    state: after the look of week `since` (None: there was no look yet). Weeks between without a look had no data.
    running: how many looks over the threshold open a plan.
    """
    if since is None:
        since = weeks.shifted(min([week, *(span.first for span in spans)]), -1)
    for passed in weeks.between(since, week):
        state = _decided(state, passed, spans=spans, running=running)
        if passed != week:
            state = plan_step(state, p=None, ok=False, person_decides=True)
    return state


def _decided(state: PlanState, week: str, *, spans: Sequence[Span], running: int) -> PlanState:
    """Return the state with what people decided in one week."""
    if any(span.last == week for span in spans):
        state = plan_ended(state)
    is_open = any(span.first <= week and (span.last is None or span.last > week) for span in spans)
    if is_open and state.name in WITHOUT_PLAN:
        return plan_started(state)
    if not is_open and state.name not in WITHOUT_PLAN:
        return plan_withheld(state, running=running)
    return state
