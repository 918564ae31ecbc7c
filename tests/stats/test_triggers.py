"""Triggers, plan states and the change alarm."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stats
from stats import PlanState, plan_ended, plan_started, plan_step, plan_withheld

LOOKS = st.lists(st.tuples(st.sampled_from([0.1, 0.49, 0.5, 0.7, 0.9, 0.91, 0.99]), st.booleans()), max_size=40)
OPEN_STATES = {"opened", "open", "close_suggested"}


def path(looks):
    return stats.plan_path([p for p, _ in looks], ok=[ok for _, ok in looks])


@given(looks=LOOKS)
def test_a_plan_opens_only_on_the_second_week_running_above(looks):
    names = path(looks)

    early = [
        week
        for week, name in enumerate(names)
        if name == "opened" and (week == 0 or any(not ok or p <= 0.9 for p, ok in looks[week - 1 : week + 1]))
    ]
    assert early == []


@given(looks=LOOKS)
def test_closing_is_suggested_only_on_the_second_week_running_below(looks):
    names = path(looks)

    early = [
        week
        for week, name in enumerate(names)
        if name == "close_suggested" and any(not ok or p >= 0.5 for p, ok in looks[week - 1 : week + 1])
    ]
    assert early == []


@given(looks=LOOKS)
def test_a_week_without_data_keeps_the_state(looks):
    names = ["none", *path(looks)]

    kept = {
        ("none", "none"), ("opened", "open"), ("open", "open"), ("close_suggested", "cooldown"),
        ("cooldown", "cooldown"), ("cooldown", "none"),
    }  # fmt: skip
    seen = {(names[week], names[week + 1]) for week, (_, ok) in enumerate(looks) if not ok}
    assert seen - kept == set()


@given(looks=LOOKS)
def test_a_suggested_close_is_followed_by_exactly_four_weeks_of_cooldown(looks):
    names = path(looks)

    after = [names[week + 1 : week + 6] for week, name in enumerate(names) if name == "close_suggested"]
    expected = [(["cooldown"] * 4 + ["none"])[: len(weeks)] for weeks in after]
    assert after == expected


def test_no_data_between_two_weeks_above_breaks_the_run():
    assert stats.plan_path([0.95, 0.95, 0.95, 0.95], ok=[True, False, True, True]) == ["none", "none", "none", "opened"]


def test_no_data_between_two_weeks_below_breaks_the_run():
    names = stats.plan_path([0.95, 0.95, 0.3, None, 0.3, 0.3], ok=[True, True, True, True, True, True])

    assert names == ["none", "opened", "open", "open", "open", "close_suggested"]


def test_no_data_at_all_is_no_plan():
    assert stats.plan_path([None, 0.99, 0.99], ok=[False, False, False]) == ["none"] * 3
    assert stats.plan_path([], ok=[]) == []


@given(looks=LOOKS)
def test_the_path_is_the_step_folded_over_stored_states(looks):
    state, names = PlanState(), []
    for p, ok in looks:
        stored = {"name": state.name, "above": state.above, "below": state.below, "cooldown_left": state.cooldown_left}
        state = plan_step(PlanState(**stored), p=p, ok=ok)
        names.append(state.name)

    assert names == path(looks)


@given(looks=LOOKS)
def test_the_counts_of_a_state_stay_within_what_a_row_may_hold(looks):
    state, states = PlanState(), []
    for p, ok in looks:
        state = plan_step(state, p=p, ok=ok, person_decides=len(states) % 2 == 0)
        states.append(state)

    assert [s for s in states if not (0 <= s.above <= 2 and 0 <= s.below <= 2 and 0 <= s.cooldown_left <= 4)] == []


def test_a_suggested_close_stands_until_the_person_decides():
    state = PlanState("open", below=1)

    names = []
    for p, ok in [(0.3, True), (0.3, True), (None, False), (0.2, True)]:
        state = plan_step(state, p=p, ok=ok, person_decides=True)
        names.append(state.name)

    assert names == ["close_suggested"] * 4


def test_a_suggested_close_is_taken_back_when_the_evidence_turns():
    state = plan_step(PlanState("close_suggested", below=2), p=0.6, ok=True, person_decides=True)

    assert state == PlanState("open")


def test_a_declined_plan_starts_four_weeks_of_cooldown():
    state, names = plan_ended(PlanState("opened")), []
    for _ in range(6):
        state = plan_step(state, p=0.99, ok=True, person_decides=True)
        names.append(state.name)

    assert names == ["cooldown"] * 4 + ["none", "opened"]


def test_a_plan_started_by_hand_counts_towards_closing():
    state = plan_started(PlanState("none", above=1))

    names = []
    for _ in range(2):
        state = plan_step(state, p=0.2, ok=True, person_decides=True)
        names.append(state.name)

    assert names == ["open", "close_suggested"]


@pytest.mark.parametrize(("p", "name"), [(0.95, "opened"), (0.7, "none")])
def test_a_withheld_plan_opens_at_the_next_week_above(p, name):
    state = plan_withheld(PlanState("opened"))

    assert plan_step(state, p=p, ok=True).name == name


def test_lists_of_different_length_are_refused():
    with pytest.raises(ValueError):
        stats.plan_path([0.5], ok=[])
    with pytest.raises(ValueError):
        stats.decayed([1], sum_y=[])
    with pytest.raises(ValueError):
        stats.trigger_probability([1.0], n_eff=[], sigma2=1.0, target=70.0)


@given(counts=st.lists(st.integers(0, 6), min_size=1, max_size=26), score=st.floats(0, 100))
def test_decay_of_equal_scores_is_that_score_and_never_more_reviews_than_there_were(counts, score):
    answer = stats.decayed(counts, sum_y=[count * score for count in counts])

    if sum(counts) == 0:
        assert (answer.mean, answer.n_eff, answer.reason) == (None, 0.0, "no_reviews")
    else:
        assert answer.mean == pytest.approx(score, abs=1e-9)
        assert 0 < answer.n_eff <= sum(counts) + 1e-9


def test_a_six_week_old_review_weighs_half():
    answer = stats.decayed([1, 0, 0, 0, 0, 0, 1], sum_y=[40.0, None, None, 0.0, 0.0, 0.0, 100.0], halflife=6)

    assert answer.mean == pytest.approx((0.5 * 40 + 100) / 1.5)
    assert answer.n_eff == pytest.approx(1.5**2 / 1.25)


def test_nothing_to_go_by_gives_no_probability():
    assert stats.trigger_probability([], n_eff=[], sigma2=400.0, target=70.0) == []
    assert stats.trigger_probability([None], n_eff=[0.0], sigma2=400.0, target=70.0) == [None]
    assert stats.trigger_probability([80.0], n_eff=[4.0], sigma2=None, target=70.0) == [None]


def test_an_agent_without_reviews_gets_the_share_of_the_pool():
    chances = stats.trigger_probability([70.0, 60.0, 80.0, None], n_eff=[9.0, 9.0, 9.0, 0.0], sigma2=400.0, target=70.0)

    assert chances[3] == pytest.approx(0.5, abs=1e-9)


@pytest.mark.parametrize(
    ("n_eff", "recent", "agents", "why"),
    [
        (6.0, 1, 8, None),
        (5.99, 1, 8, "too_few_reviews"),
        (6.0, 0, 8, "no_recent_review"),
        (6.0, 1, 7, "too_few_agents"),
    ],
)
def test_the_data_flag_says_what_is_missing(n_eff, recent, agents, why):
    assert stats.why_not_enough(n_eff, recent_reviews=recent, agents=agents) == why


def test_the_chart_is_still_before_the_first_review_and_in_weeks_without():
    assert stats.ewma([None, None, -1.0, None]) == [0.0, 0.0, -1.0, -1.0]
    assert stats.cusum_down([None, -2.0, None, 0.0]) == [0.0, 1.5, 1.5, 1.0]
    assert stats.ewma([]) == []


def test_the_alarm_waits_for_the_first_review():
    weeks = stats.ewma_alarm([None, 80.0], n=[0, 2], mu=80.0, sd=3.0, v=400.0)

    assert [(week.s, week.alarm) for week in weeks] == [(0.0, False), (0.0, False)]
    assert (weeks[0].limit, weeks[1].limit < 0) == (0.0, True)


def test_scores_that_never_varied_cannot_alarm():
    weeks = stats.ewma_alarm([20.0], n=[3], mu=80.0, sd=0.0, v=0.0)

    assert [(week.alarm, week.reason) for week in weeks] == [(False, "no_variation")]


def test_an_exact_baseline_leaves_the_plain_limit():
    weeks = stats.ewma_alarm([70.0] * 12, n=[4] * 12, mu=80.0, sd=0.0, v=400.0, L=2.7)

    statistic = stats.ewma([-1.0] * 12)
    assert [week.alarm for week in weeks] == [value < -2.7 for value in statistic]
    assert weeks[-1].limit == pytest.approx(-2.7 * math.sqrt(0.04 * (1 - 0.64**12) / 0.36))
