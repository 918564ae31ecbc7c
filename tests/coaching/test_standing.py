"""What people decide about a plan, and how the trigger stands before the next look."""

from __future__ import annotations

import pytest

from coaching.standing import Span, standing
from stats.plan_states import PlanState

W1, W2, W3, W4 = "2026-W01", "2026-W02", "2026-W03", "2026-W04"
COOLING = PlanState("cooldown", cooldown_left=4)


@pytest.mark.parametrize(
    ("before", "spans", "after"),
    [
        (PlanState("none", above=1), [], PlanState("none", above=1)),
        (PlanState("opened"), [Span(W2)], PlanState("opened")),
        (PlanState("opened"), [], PlanState("none", above=2)),  # two other plans were open
        (PlanState("open", below=1), [Span(W1)], PlanState("open", below=1)),
        (PlanState("none", above=1), [Span(W2)], PlanState("open")),  # started by hand
        (PlanState("none"), [Span(W3)], PlanState("none")),  # started later
        (PlanState("opened"), [Span(W2, W2)], COOLING),  # declined in the week after the look
        (PlanState("close_suggested", below=2), [Span(W1, W2)], COOLING),
        (PlanState("open"), [Span(W1, W3)], PlanState("open")),  # closed later
        (PlanState("open", below=1), [Span(W1, W2), Span(W2)], PlanState("open")),  # closed, and begun again at once
        (PlanState("cooldown", cooldown_left=3), [Span(W2)], PlanState("open")),
    ],
)
def test_what_people_decided_since_the_last_look_counts(before, spans, after):
    assert standing(before, since=W1, week=W2, spans=spans) == after


def test_weeks_without_a_look_had_no_data():
    assert standing(PlanState("none", above=1), since=W1, week=W3, spans=[]) == PlanState("none")
    assert standing(COOLING, since=W1, week=W4, spans=[]) == PlanState("cooldown", cooldown_left=2)


def test_a_plan_that_ended_before_the_first_look_still_cools_down():
    assert standing(PlanState(), since=None, week=W3, spans=[Span(W1, W1)]) == PlanState("cooldown", cooldown_left=2)
