"""The targeted pool: chances, the scale behind them, the random floor, and the mix of both pools."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.design import dual_pi, pps_rates
from sampling.targeting import chance, combined, floor_holds, is_certain, priority, scale_for

sizes = st.lists(st.floats(0.1, 50), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("weights", "combine", "x"), [([], "sum", 0.0), ([4, 2], "sum", 6.0), ([4, 2], "max", 4.0), ([3], "max", 3.0)]
)
def test_the_priority_is_the_sum_or_the_largest_of_the_weights(weights: list[float], combine: str, x: float) -> None:
    assert priority(weights, combine=combine) == x


@given(sizes, st.floats(0.5, 40))
def test_the_scale_gives_the_chances_of_sampling_in_proportion_to_size(x: list[float], n: float) -> None:
    scale = scale_for(x, n)

    chances = [chance(size, scale=scale, is_certain=False) for size in x]

    assert np.allclose(chances, pps_rates(x, n), atol=1e-9)
    assert math.isclose(sum(chances), min(n, len(x)), rel_tol=1e-9)


def test_what_is_certain_is_paid_from_the_same_number() -> None:
    assert scale_for([1.0, 1.0], 3, certain=2) == 0.5
    assert scale_for([1.0, 1.0], 2, certain=2) == 0.0
    assert scale_for([], 2) == 0.0
    assert scale_for([0.0, 0.0], 2) == 0.0


def test_a_certain_rule_takes_every_one_and_no_hit_takes_none() -> None:
    assert chance(4.0, scale=0.1, is_certain=True) == 1.0
    assert chance(0.0, scale=9.0, is_certain=False) == 0.0
    assert chance(4.0, scale=9.0, is_certain=False) == 1.0
    assert is_certain([0, 2], {2})
    assert not is_certain([0, 1], {2})


def test_both_pools_together_are_the_mix_of_the_design() -> None:
    assert [combined(3 / 80, one) for one in (0.0, 0.2, 1.0)] == dual_pi(3, 80, [0.0, 0.2, 1.0])


@pytest.mark.parametrize(
    ("quota", "targeted", "census", "holds"),
    [(2, 2.0, False, True), (3, 3.5, False, False), (1, 0.5, False, False), (1, 9.0, True, True)],
)
def test_the_random_pool_is_at_least_two_and_half_of_all(
    quota: int, targeted: float, census: bool, holds: bool
) -> None:
    assert floor_holds(quota, targeted, is_census=census) is holds
