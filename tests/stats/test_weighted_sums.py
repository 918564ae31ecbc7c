"""Sums that add give what Hájek's estimator gives of all scores at once, exactly, in any order and in any slices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stats
from stats.weighted_sums import UNIT, WeightedSums, weight_of, weighted_spread

PAIRS = st.lists(st.tuples(st.integers(0, 100), st.integers(UNIT, 90 * UNIT)), min_size=1, max_size=12)


def summed(pairs):
    sums = WeightedSums()
    for score, weight in pairs:
        sums.add(score, weight=weight)
    return sums


@given(pairs=PAIRS)
def test_it_is_hajeks_estimate(pairs):
    ours = summed(pairs).estimate()

    theirs = stats.hajek([y for y, _ in pairs], pi=[UNIT / w for _, w in pairs])
    assert [ours.mean, ours.N_hat, ours.n_eff] == pytest.approx([theirs.mean, theirs.N_hat, theirs.n_eff], rel=1e-9)
    assert (ours.se or 0, ours.lo or 0, ours.hi or 0) == pytest.approx(
        (theirs.se or 0, theirs.lo or 0, theirs.hi or 0), abs=1e-6
    )


@given(pairs=PAIRS)
def test_the_share_that_passed_is_hajeks_too(pairs):
    passed = [(y > 50, w) for y, w in pairs]

    ours = summed(passed).rate()

    scaled = summed([(7 * y, w) for y, w in passed]).rate(scale=7)
    theirs = stats.hajek_pass_rate([y for y, _ in passed], pi=[UNIT / w for _, w in passed])
    for one in (ours, scaled):
        assert [one.p, one.lo, one.hi] == pytest.approx([theirs.p, theirs.lo, theirs.hi], abs=1e-6)


@given(pairs=PAIRS, rotation=st.integers(0, 12))
def test_the_order_never_matters(pairs, rotation):
    assert summed(pairs) == summed(pairs[rotation:] + pairs[:rotation])


def test_equal_weights_are_the_mean_of_a_simple_random_sample():
    # Cochran 1977, 2.6: three of thirty, s² = 100.
    found = summed([(70, 10 * UNIT), (80, 10 * UNIT), (90, 10 * UNIT)]).estimate()

    plain = stats.srs_mean([70, 80, 90], N=30)
    assert [found.mean, found.se, found.lo, found.hi] == pytest.approx([80, plain.se, plain.lo, plain.hi])


def test_an_agent_with_many_conversations_counts_for_more():
    # 2 of 20 drawn from one agent and 2 of 4 from another: N weights 20 and 4.
    found = summed([(60, 10 * UNIT), (60, 10 * UNIT), (90, 2 * UNIT), (90, 2 * UNIT)]).estimate()

    assert found.mean == pytest.approx((20 * 60 + 4 * 90) / 24)


def test_without_scores_there_is_no_number_and_with_one_no_interval():
    assert (WeightedSums().estimate().mean, WeightedSums().rate().p) == (None, None)
    assert (summed([(7, UNIT)]).estimate().mean, summed([(7, 2 * UNIT)]).estimate().lo) == (7, None)


@pytest.mark.parametrize(("pi", "weight"), [(0.1, 10_000), (0.3, 3_333), (1.0, UNIT), (0.0, UNIT)])
def test_a_drawn_conversation_stands_for_so_many(pi, weight):
    assert weight_of(pi) == weight


@given(pairs=st.lists(st.tuples(st.integers(-50, 50), st.integers(UNIT, 90 * UNIT)), min_size=2, max_size=12))
def test_a_spread_from_sums_is_that_of_the_moderated_interval(pairs):
    sums = {
        "size": sum(w for _, w in pairs), "sizes2": sum(w * w for _, w in pairs),
        "total": sum(w * y for y, w in pairs), "squares": sum(w * y * y for y, w in pairs),
    }  # fmt: skip

    ours = weighted_spread(len(pairs), **sums)

    theirs = stats.hajek_score_interval([y for y, _ in pairs], pi=[UNIT / w for _, w in pairs], v_team=1.0)
    assert ours == pytest.approx((theirs.n_eff, theirs.s2), abs=1e-9)
