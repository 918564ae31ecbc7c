"""Several plans' effects together, and a median with limits that assume no shape."""

from __future__ import annotations

import math

import pytest

from stats import median_interval, pooled_effects


def test_one_plan_together_is_that_plan():
    found = pooled_effects([7.2], own=[20.0], shift_variance=[1.6])

    assert (found.effect, found.K) == (7.2, 1)
    assert found.hi - 7.2 == pytest.approx(1.959964 * math.sqrt(21.6), abs=1e-5)


def test_equal_plans_average_and_their_shared_shift_never_averages_out():
    found = pooled_effects([4.0, 8.0, 6.0, 6.0], own=[16.0] * 4, shift_variance=[1.0] * 4)

    assert found.effect == 6.0
    # Q = 8/16 = 0.5 < K − 1, so se² = 16/4 + 1; t with three degrees of freedom.
    assert found.hi - 6.0 == pytest.approx(3.182446 * math.sqrt(5.0), abs=1e-5)


def test_plans_that_differ_more_than_their_errors_widen_the_interval():
    found = pooled_effects([-20.0, 20.0], own=[4.0, 4.0], shift_variance=[0.0, 0.0])

    # Q = 200, inflation 200, se² = 200 · 2; t with one degree of freedom.
    assert found.hi == pytest.approx(12.706205 * 20.0, abs=1e-4)


def test_no_effects_and_unequal_lengths():
    assert pooled_effects([], own=[], shift_variance=[]).reason == "no_effects"
    with pytest.raises(ValueError, match="both variances"):
        pooled_effects([1.0], own=[], shift_variance=[1.0])


@pytest.mark.parametrize(
    ("values", "median", "low", "high"),
    [
        ([], None, None, None),
        ([3, 1, 2], 2, None, None),
        ([1, 2, 3, 4, 5, 6], 3.5, 1, 6),
        # Conover 1999: for n = 10 the second and the ninth value hold the median with 97.9 %.
        (list(range(1, 11)), 5.5, 2, 9),
        (list(range(1, 26)), 13, 8, 18),
    ],
)
def test_the_median_lies_between_two_of_the_values(values, median, low, high):
    found = median_interval(values)

    assert (found.median, found.lo, found.hi, found.n) == (median, low, high, len(values))
