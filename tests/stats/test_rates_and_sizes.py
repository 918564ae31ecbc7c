"""Pass rates, nonresponse, sample sizes and comparisons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stats


@given(n=st.integers(1, 60), share=st.floats(0, 1), extra=st.one_of(st.none(), st.integers(0, 200)))
def test_a_wilson_interval_holds_its_rate_and_stays_between_nothing_and_all(n, share, extra):
    x = round(share * n)

    interval = stats.wilson(x, n=n, N=None if extra is None else n + extra)

    assert 0 <= interval.lo <= interval.p + 1e-12
    assert interval.p - 1e-12 <= interval.hi <= 1


@given(n=st.integers(1, 30), extra=st.integers(1, 50))
def test_a_finite_number_of_conversations_only_narrows_the_interval(n, extra):
    many = stats.wilson(n // 2, n=n)

    few = stats.wilson(n // 2, n=n, N=n + extra)

    assert few.hi - few.lo <= many.hi - many.lo + 1e-12


def test_no_answer_gives_no_rate():
    rates = [stats.wilson(0, n=0), stats.wilson(0, n=0, N=12), stats.hajek_pass_rate([], pi=[])]

    assert [(rate.p, rate.reason) for rate in rates] == [(None, "no_reviews")] * 3


def test_everything_reviewed_is_an_exact_rate():
    rates = [stats.wilson(1, n=1, N=1), stats.wilson(3, n=4, N=4), stats.hajek_pass_rate([True, False], pi=[1.0, 1.0])]

    assert [(rate.lo, rate.hi) for rate in rates] == [(1.0, 1.0), (0.75, 0.75), (0.5, 0.5)]


def test_a_weighted_rate_without_variation_falls_back_on_the_effective_number():
    weighted = stats.hajek_pass_rate([True, True, True], pi=[0.5, 0.5, 0.5])

    plain = stats.wilson(3, n=3)
    assert (weighted.p, weighted.lo, weighted.hi) == pytest.approx((plain.p, plain.lo, plain.hi))


@pytest.mark.parametrize(
    ("E", "S", "N", "n"),
    [(15, 21, 80, 10), (10, 21, 80, 17), (8, 21, 80, 22), (5, 21, 80, 39), (10, 21, None, 20), (5, 21, None, 71)],
)
def test_the_calculator_gives_the_table_of_means(E, S, N, n):
    assert stats.n_for_mean(E, S=S, N=N) == stats.SampleSize(n, n)


@pytest.mark.parametrize(("E", "n"), [(0.2, 14), (0.15, 26), (0.1, 60), (0.05, 245)])
def test_the_calculator_gives_the_table_of_rates(E, n):
    assert stats.n_for_rate(E, p=0.8) == n


@pytest.mark.parametrize(("delta", "n"), [(20, 18), (15, 31), (10, 70), (5, 277)])
def test_the_calculator_gives_the_table_of_two_agents(delta, n):
    assert stats.n_two_means(delta, S=21) == n


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (stats.n_for_mean(0, S=21), stats.SampleSize(None, None, "precision_out_of_reach")),
        (stats.n_for_mean(0, S=21, N=12), stats.SampleSize(12, 12)),
        (stats.n_for_mean(5, S=21, N=1), stats.SampleSize(1, 1)),
        (stats.n_for_mean(5, S=21, N=0), stats.SampleSize(None, None, "precision_out_of_reach")),
        (stats.n_for_mean(5, S=0, N=40), stats.SampleSize(2, 2)),
        (stats.n_for_mean(5, S=21, N=80, resp=0.4), stats.SampleSize(39, 98, "more_than_there_are")),
        (stats.n_for_mean(5, S=21, resp=0), stats.SampleSize(71, None, "no_response_rate")),
        (stats.n_for_rate(0.5, p=0.8), 1),
        (stats.n_for_rate(0, p=0.8), None),
        (stats.n_two_means(0), None),
        (stats.n_two_means(10, power=1.0), None),
    ],
)
def test_questions_at_the_edge_have_an_answer(answer, expected):
    assert answer == expected


@given(E=st.floats(1, 30), S=st.floats(1, 40), N=st.one_of(st.none(), st.integers(2, 400)))
def test_one_review_fewer_would_not_be_enough(E, S, N):
    n = stats.n_for_mean(E, S=S, N=N).n

    assert half_width(n, S=S, N=N) <= E
    assert n == 2 or half_width(n - 1, S=S, N=N) > E


def test_the_limits_of_a_spread_are_those_of_its_chi_square():
    known = stats.sd_interval(stats.PooledVariance(441.0, 30.0))  # quantiles of printed tables: 16.791 and 46.979

    assert (known.sd, known.lo, known.hi) == (21.0, pytest.approx(16.781, abs=1e-3), pytest.approx(28.070, abs=1e-3))
    assert stats.sd_interval(stats.PooledVariance(0.0, 3.0)) == stats.SpreadInterval(0.0, 0.0, 0.0)
    assert stats.sd_interval(stats.PooledVariance(None, 0.0, "no_agent_with_two_reviews")).lo is None


def half_width(n, *, S, N):
    from stats.quantiles import t_quantile

    return t_quantile(0.975, df=n - 1) * S * ((1 if N is None else 1 - n / N) / n) ** 0.5


def test_full_response_changes_nothing():
    adjusted = stats.nonresponse_adjust([{"assigned": 6, "reviewed": 6, "mean": 70.0}])

    assert adjusted == stats.ResponseAdjusted(1.0, 70.0, 70.0, 70.0, 70.0, "full")


@pytest.mark.parametrize(("reviewed", "level"), [(8, "full"), (7, "amber"), (5, "amber"), (4, "no_average")])
def test_the_response_rate_decides_what_may_be_shown(reviewed, level):
    adjusted = stats.nonresponse_adjust([{"assigned": 10, "reviewed": reviewed, "mean": 70.0}])

    assert adjusted.level == level


@pytest.mark.parametrize(
    ("cells", "rate", "reason"),
    [
        ([], None, "nothing_assigned"),
        ([{"assigned": 4, "reviewed": 0, "mean": None}], 0.0, "no_reviews"),
        ([{"assigned": 4, "reviewed": 2, "mean": None}], 0.5, "class_without_mean"),
    ],
)
def test_without_reviews_there_is_no_adjusted_mean(cells, rate, reason):
    adjusted = stats.nonresponse_adjust(cells)

    assert (adjusted.rate, adjusted.adjusted, adjusted.reason) == (rate, None, reason)


def test_a_class_without_a_review_is_presumed_to_be_like_the_others():
    adjusted = stats.nonresponse_adjust(
        [{"assigned": 10, "reviewed": 9, "mean": 80.0}, {"assigned": 10, "reviewed": 0, "mean": None}]
    )

    assert (adjusted.rate, adjusted.raw, adjusted.adjusted) == (0.45, 80.0, 80.0)
    assert (adjusted.bound_lo, adjusted.bound_hi) == pytest.approx((36.0, 91.0))


def test_small_classes_are_merged_until_five_were_assigned():
    merged = stats.merge_classes(
        [
            {"assigned": 20, "reviewed": 18, "mean": 80.0},
            {"assigned": 3, "reviewed": 1, "mean": 50.0},
            {"assigned": 4, "reviewed": 3, "mean": 70.0},
            {"assigned": 6, "reviewed": 0, "mean": None},
        ]
    )

    assert merged == [
        {"assigned": 13, "reviewed": 4, "mean": 65.0},
        {"assigned": 20, "reviewed": 18, "mean": 80.0},
    ]


def weighted(assigned, reviewed, mean, weight):
    return stats.WeightedClass(
        assigned, reviewed, assigned * weight, reviewed * weight, reviewed * weight, reviewed * weight * mean
    )


def test_the_weighted_adjusted_mean_lets_each_class_stand_for_what_was_assigned_of_it():
    equal = [weighted(20, 18, 80.0, 1.0), weighted(20, 5, 50.0, 1.0)]
    cells = [{"assigned": 20, "reviewed": 18, "mean": 80.0}, {"assigned": 20, "reviewed": 5, "mean": 50.0}]

    assert stats.class_adjusted_mean(equal) == pytest.approx(stats.nonresponse_adjust(cells).adjusted)
    assert stats.class_adjusted_mean(equal) == pytest.approx(65.0)
    # Each of the first stands for three times as many conversations.
    assert stats.class_adjusted_mean([weighted(20, 18, 80.0, 3.0), equal[1]]) == pytest.approx((3 * 80 + 50) / 4)
    # One class, or classes that are merged into one, leave nothing to adjust by.
    assert stats.class_adjusted_mean(equal[:1]) is None
    assert stats.class_adjusted_mean([weighted(20, 18, 80.0, 1.0), weighted(4, 2, 10.0, 1.0)]) is None


def test_a_class_whose_mean_is_missing_is_not_merged_into_a_zero():
    merged = stats.merge_classes(
        [{"assigned": 3, "reviewed": 2, "mean": None}, {"assigned": 9, "reviewed": 9, "mean": 80.0}]
    )

    assert merged == [{"assigned": 12, "reviewed": 11, "mean": None}]


@pytest.mark.parametrize(("second", "direction"), [(68.0, "down"), (92.0, "up"), (82.0, None)])
def test_an_arrow_points_only_when_the_interval_excludes_no_change(second, direction):
    change = stats.period_difference(80.0, first_se=3.0, second=second, second_se=4.0)

    assert (change.difference, change.se, change.direction) == (second - 80.0, 5.0, direction)


def test_a_change_from_nothing_is_no_number():
    assert stats.period_difference(None, first_se=None, second=80.0, second_se=3.0).reason == "no_reviews"


def test_a_change_of_unknown_error_has_no_direction():
    change = stats.period_difference(60.0, first_se=None, second=80.0, second_se=3.0)

    assert (change.difference, change.direction, change.reason) == (20.0, None, "no_variance")


def test_agents_share_a_band_until_one_is_almost_surely_above():
    bands = stats.cannot_tell_apart([90.0, 85.0, 60.0], sd=[4.0, 4.0, 4.0])

    assert bands == [[1], [0], []]


def test_the_order_of_two_certain_agents_is_certain():
    chances = [
        stats.prob_above(80.0, sd=0.0, other_mean=70.0, other_sd=0.0),
        stats.prob_above(70.0, sd=0.0, other_mean=80.0, other_sd=0.0),
        stats.prob_above(80.0, sd=0.0, other_mean=80.0, other_sd=0.0),
    ]

    assert chances == [1.0, 0.0, 0.5]
