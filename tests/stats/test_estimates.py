"""Means and their intervals: identities, shifts, and the cases without a number."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stats

SCORES = st.lists(st.floats(0, 100).map(lambda score: round(score, 2)), min_size=2, max_size=12)


@given(y=SCORES, rate=st.floats(0.01, 1.0))
def test_hajek_with_equal_pi_equals_the_plain_mean(y, rate):
    weighted = stats.hajek(y, pi=[rate] * len(y))

    assert weighted.mean == pytest.approx(math.fsum(y) / len(y), abs=1e-9)
    assert weighted.n_eff == pytest.approx(len(y), abs=1e-9)
    assert weighted.N_hat == pytest.approx(len(y) / rate, rel=1e-9)


@given(y=SCORES, rate=st.floats(0.01, 1.0), v_team=st.floats(1, 2000), extra=st.integers(0, 200))
def test_the_weighted_agent_interval_with_equal_pi_is_the_plain_one(y, rate, v_team, extra):
    own = stats.moments(y)
    N = len(y) + extra

    weighted = stats.hajek_score_interval(y, pi=[rate] * len(y), v_team=v_team, N=N)

    plain = stats.score_interval(own.n, ybar=own.mean, s2=own.s2, v_team=v_team, N=N)
    assert [weighted.mean, weighted.var, weighted.se, weighted.lo, weighted.hi] == pytest.approx(
        [plain.mean, plain.var, plain.se, plain.lo, plain.hi], abs=1e-6
    )


@pytest.mark.parametrize("score", [0.0, 33.3, 100.0])
@pytest.mark.parametrize("n", [2, 5])
def test_equal_scores_have_no_own_error_but_keep_a_positive_moderated_width(score, n):
    own = stats.srs_mean([score] * n, N=80)
    moderated = stats.score_interval(n, ybar=score, s2=0.0, v_team=450.0, N=80)

    assert (own.se, own.lo, own.hi) == (0.0, score, score)
    assert moderated.hi - moderated.lo > 5
    assert 0 <= moderated.lo <= score <= moderated.hi <= 100


@given(y=SCORES, shift=st.integers(-50, 50))
def test_adding_a_constant_moves_mean_and_limits_by_it(y, shift):
    moved = [score + shift for score in y]
    pi = [0.2 + 0.6 * index / len(y) for index in range(len(y))]
    pairs = [
        (stats.srs_mean(y, N=90), stats.srs_mean(moved, N=90)),
        (stats.hajek(y, pi=pi), stats.hajek(moved, pi=pi)),
        (
            stats.stratified_mean([{"N": 30, "y": y}, {"N": 50, "y": y[:2]}]),
            stats.stratified_mean([{"N": 30, "y": moved}, {"N": 50, "y": moved[:2]}]),
        ),
    ]

    shifts = [(b.mean - a.mean, b.lo - a.lo, b.hi - a.hi, b.se - a.se) for a, b in pairs]

    assert shifts == [pytest.approx((shift, shift, shift, 0), abs=1e-6)] * 3


@given(ybar=st.floats(40, 60), shift=st.floats(-5, 5))
def test_adding_a_constant_moves_the_moderated_limits_while_they_are_inside_the_scale(ybar, shift):
    before = stats.score_interval(30, ybar=ybar, s2=400.0, v_team=450.0)
    after = stats.score_interval(30, ybar=ybar + shift, s2=400.0, v_team=450.0)

    assert (after.lo - before.lo, after.hi - before.hi) == pytest.approx((shift, shift), abs=1e-9)


def test_no_review_gives_no_number_and_says_so():
    nothing = [
        stats.srs_mean([]),
        stats.stratified_mean([]),
        stats.stratified_mean([{"N": 12, "y": []}]),
        stats.hajek([], pi=[]),
        stats.hajek_score_interval([], pi=[], v_team=400.0),
        stats.score_interval(0, ybar=None, s2=None, v_team=400.0),
        stats.merge([]),
        stats.merge([[], []]),
        stats.moments_from_sums(0, total=0, squares=0),
    ]

    assert [(answer.mean, answer.reason) for answer in nothing] == [(None, "no_reviews")] * len(nothing)


def test_one_review_gives_a_mean_without_an_own_interval():
    alone = [stats.srs_mean([80.0], N=40), stats.hajek([80.0], pi=[0.1])]

    answers = [(answer.mean, answer.se, answer.lo, answer.hi, answer.reason) for answer in alone]

    assert answers == [(80.0, None, None, None, "one_review")] * 2


def test_one_review_has_a_moderated_interval_from_the_team_alone():
    plain = stats.score_interval(1, ybar=80.0, s2=None, v_team=400.0, N=None)
    weighted = stats.hajek_score_interval([80.0], pi=[0.5], v_team=400.0)

    assert (plain.var, plain.df, plain.se) == (400.0, 8.0, 20.0)
    assert (weighted.s2, weighted.var, weighted.lo, weighted.hi) == (None, 400.0, plain.lo, plain.hi)


def test_without_a_team_variance_there_is_a_mean_and_a_reason():
    plain = stats.score_interval(4, ybar=80.0, s2=100.0, v_team=None)
    weighted = stats.hajek_score_interval([80.0, 90.0], pi=[0.5, 0.5], v_team=None)

    assert (plain.mean, plain.lo, plain.reason) == (80.0, None, "no_team_variance")
    assert (weighted.mean, weighted.lo, weighted.reason) == (85.0, None, "no_team_variance")


def test_reviewing_everything_leaves_no_uncertainty():
    plain = stats.score_interval(3, ybar=80.0, s2=100.0, v_team=400.0, N=3)
    mean = stats.srs_mean([70.0, 80.0, 90.0], N=3)

    assert (plain.lo, plain.hi) == (80.0, 80.0)
    assert (mean.se, mean.lo, mean.hi) == (0.0, 80.0, 80.0)


def test_the_worked_example_of_five_hundreds_keeps_its_floor():
    interval = stats.score_interval(5, ybar=100.0, s2=0.0, v_team=450.0, N=80)

    assert (round(interval.lo, 1), interval.hi) == (83.7, 100.0)


@pytest.mark.parametrize("rate", [0.0, -0.1, 1.2])
def test_a_probability_that_cannot_be_gives_no_number(rate):
    answer = stats.hajek([80.0, 90.0], pi=[0.5, rate])

    assert (answer.mean, answer.reason) == (None, "unknown_inclusion_probability")


@given(parts=st.lists(st.lists(st.floats(0, 100), max_size=6), max_size=6))
def test_merging_parts_gives_what_the_whole_gives(parts):
    whole = stats.moments([score for part in parts for score in part])

    merged = stats.merge(parts)

    assert (merged.n, merged.reason) == (whole.n, whole.reason)
    assert merged.mean == pytest.approx(whole.mean, abs=1e-9)
    assert merged.s2 == pytest.approx(whole.s2, abs=1e-6)


@given(y=st.lists(st.integers(0, 1_000_000), min_size=1, max_size=20))
def test_a_stored_cell_gives_the_moments_of_its_scores(y):
    from_cell = stats.moments_from_sums(len(y), total=sum(y), squares=sum(score * score for score in y))

    direct = stats.moments([score / 10_000 for score in y])
    assert from_cell.mean == pytest.approx(direct.mean, abs=1e-9)
    assert from_cell.s2 == pytest.approx(direct.s2, abs=1e-9)


def test_a_variance_without_two_reviews_anywhere_is_not_known():
    pooled = stats.pooled_var([1, 1, 0], s2=[0.0, None, None])

    assert (pooled.v, pooled.df, pooled.reason) == (None, 0.0, "no_agent_with_two_reviews")


def test_the_difference_estimator_is_exact_when_the_automatic_score_is_off_by_a_constant():
    automatic = [float(40 + index % 50) for index in range(400)]
    reviewed = automatic[:40]

    estimate = stats.difference_mean([score + 7 for score in reviewed], x=reviewed, x_all=automatic)

    assert estimate.mean == pytest.approx(math.fsum(automatic) / 400 + 7)
    assert estimate.se == pytest.approx(0.0, abs=1e-9)


def test_the_difference_estimator_needs_thirty_random_reviews():
    estimate = stats.difference_mean([80.0] * 29, x=[70.0] * 29, x_all=[70.0] * 100)

    assert (estimate.mean, estimate.reason) == (None, "fewer_than_30_random_reviews")


@pytest.mark.parametrize(
    "call",
    [
        lambda: stats.hajek([1.0], pi=[]),
        lambda: stats.hajek_score_interval([1.0], pi=[], v_team=1.0),
        lambda: stats.pooled_var([1], s2=[]),
        lambda: stats.wilson(3, n=2),
    ],
)
def test_a_call_that_no_data_can_produce_is_refused(call):
    with pytest.raises(ValueError):
        call()
