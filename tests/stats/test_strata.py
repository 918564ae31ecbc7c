"""Strata and rolling windows: weights by conversations, never by how often somebody was reviewed."""

from __future__ import annotations

import pytest

import stats
from stats import StratumMoments, moments


def week(N, *scores):
    return StratumMoments(N, moments(scores))


def test_strata_weigh_by_conversations_and_not_by_reviews():
    mean = stats.stratified_mean([{"N": 200, "y": [60.0] * 5}, {"N": 20, "y": [90.0] * 5}])

    assert mean.mean == pytest.approx(62.7272727)
    assert (mean.se, mean.lo, mean.hi) == (0.0, mean.mean, mean.mean)


def test_one_stratum_is_the_simple_random_sample():
    scores = [100.0, 85.0, 0.0, 92.5]

    strata = stats.stratified_mean([{"N": 40, "y": scores}])

    plain = stats.srs_mean(scores, N=40)
    assert (strata.mean, strata.se, strata.lo, strata.df) == pytest.approx((plain.mean, plain.se, plain.lo, plain.df))


def test_a_stratum_without_conversations_is_left_out():
    strata = stats.stratified_mean([{"N": 40, "y": [80.0, 90.0]}, {"N": 0, "y": []}])

    assert strata == stats.stratified_mean([{"N": 40, "y": [80.0, 90.0]}])


def test_a_stratum_with_conversations_but_no_review_leaves_the_mean_unknown():
    strata = stats.stratified_mean([{"N": 40, "y": [80.0, 90.0]}, {"N": 10, "y": []}], v_pool=400.0)

    assert (strata.mean, strata.reason) == (None, "stratum_without_reviews")


def test_single_reviews_borrow_the_variance_of_the_other_strata():
    borrowed = stats.stratified_mean([{"N": 40, "y": [80.0, 90.0]}, {"N": 40, "y": [70.0]}])

    given = stats.stratified_mean([{"N": 40, "y": [80.0, 90.0]}, {"N": 40, "y": [70.0]}], v_pool=50.0)
    assert borrowed == given


def test_single_reviews_everywhere_give_a_mean_without_an_interval():
    strata = stats.stratified_mean([{"N": 40, "y": [80.0]}, {"N": 40, "y": [70.0]}])

    assert (strata.mean, strata.lo, strata.reason) == (75.0, None, "one_review_per_stratum")


def test_single_reviews_with_a_given_variance_use_the_normal_quantile():
    strata = stats.stratified_mean([{"N": 40, "y": [80.0]}, {"N": 40, "y": [70.0]}], v_pool=400.0)

    assert (strata.df, strata.reason) == (None, None)
    assert strata.hi - strata.mean == pytest.approx(1.959964 * strata.se, abs=1e-5)


def test_a_stratum_reviewed_completely_adds_no_error():
    strata = stats.stratified_mean([{"N": 1, "y": [80.0]}, {"N": 2, "y": [70.0, 90.0]}])

    assert (strata.mean, strata.se, strata.reason) == (80.0, 0.0, None)


@pytest.mark.parametrize(
    ("weeks", "merged"),
    [
        ([week(10, 80.0), week(20), week(30, 60.0)], [(30, 1), (30, 1)]),
        ([week(10), week(20), week(30, 60.0)], [(60, 1)]),
        ([week(10, 80.0), week(20)], [(30, 1)]),
        ([week(10), week(20)], [(30, 0)]),
        ([], []),
    ],
)
def test_a_week_without_reviews_joins_its_neighbour(weeks, merged):
    strata = stats.merge_empty(weeks)

    assert [(stratum.N, stratum.moments.n) for stratum in strata] == merged


def test_a_rolling_window_says_how_many_of_its_weeks_are_covered():
    window = stats.rolling_mean([week(10, 80.0, 90.0), week(0), week(30), week(40, 60.0, 70.0)])

    assert (window.weeks, window.weeks_covered) == (3, 2)
    assert window.estimate.mean == pytest.approx((40 * 85 + 40 * 65) / 80)


def test_a_rolling_window_without_reviews_gives_no_number():
    window = stats.rolling_mean([week(10), week(20)])

    assert (window.estimate.mean, window.estimate.reason, window.weeks_covered) == (None, "no_reviews", 0)


def test_strata_count_by_their_units_when_sums_are_added_over_periods():
    # 90 of 100 conversations are calm and score 90; the risky ones score 40 and are drawn as often as the calm ones.
    n, total = stats.effective_sums([(90, 3, 270.0), (10, 3, 120.0)])

    assert total / n == pytest.approx(85.0)
    assert n == pytest.approx(1 / (0.9**2 / 3 + 0.1**2 / 3))
    assert stats.effective_sums([(40, 2, 150.0), (20, 1, 60.0)]) == pytest.approx((3.0, 210.0))
    assert stats.effective_sums([(40, 2, 150.0)]) == (2.0, 150.0)
    assert stats.effective_sums([(40, 2, 150.0), (20, 0, 0.0)]) == (2.0, 150.0)
    assert stats.effective_sums([]) == (0.0, 0.0)
