"""The prefix of a stratum after skips."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.design import close_sample, release_threshold
from sampling.prefix import Prefix, estimated_eligible, inclusion_probability, reach
from sampling.reasons import CLASS_OF, SkipClass, SkipReason


@pytest.mark.parametrize(
    ("size", "quota", "vacated", "ineligible", "expected"),
    [
        (80, 5, [], [], Prefix(5, 5, 5)),
        (80, 5, [2], [2], Prefix(6, 5, 5)),  # not eligible: the next one steps in
        (80, 5, [2, 6], [2, 6], Prefix(7, 5, 5)),  # and the next, when that is not either
        (80, 5, [2], [], Prefix(6, 6, 6)),  # nonresponse, or a skip that was overruled: both stay in
        (80, 5, [], [3], Prefix(5, 4, 4)),  # found out after nothing more is released
        (3, 5, [], [], Prefix(3, 3, 3)),
        (3, 5, [1], [1], Prefix(3, 2, 2)),
        (0, 5, [], [], Prefix(0, 0, 0)),
        (9, 0, [], [], Prefix(0, 0, 0)),
    ],
)
def test_the_prefix_after_skips(
    size: int, quota: int, vacated: list[int], ineligible: list[int], expected: Prefix
) -> None:
    assert reach(size, quota, vacated=vacated, ineligible=ineligible) == expected


@given(st.lists(st.booleans(), max_size=40), st.integers(0, 10), st.randoms(use_true_random=False))
def test_skips_end_where_the_design_would_have_stopped_at_once(
    eligible: list[bool], quota: int, draw: random.Random
) -> None:
    u = sorted(draw.random() for _ in eligible)
    out = [place for place, yes in enumerate(eligible, start=1) if not yes]

    made = reach(len(eligible), quota, vacated=out, ineligible=out)

    whole = close_sample(u=u, eligible=eligible, n=quota, tau=0.0)
    assert (made.k, made.m) == (whole.k, len(whole.sample))


@pytest.mark.parametrize(
    ("size", "prefix", "eligible", "probability"),
    [
        (80, Prefix(5, 5, 5), 80.0, 5 / 80),
        (80, Prefix(6, 5, 5), 64.0, 5 / 64),
        (5, Prefix(5, 3, 3), 3.0, 1.0),
        (5, Prefix(4, 2, 2), 5 / 3, 1.0),  # the estimate may fall below what was seen; a chance may not exceed 1
        (4, Prefix(4, 0, 0), 0.0, None),
        (4, Prefix(0, 0, 0), 4.0, 0.0),
    ],
)
def test_the_chance_of_being_drawn(size: int, prefix: Prefix, eligible: float, probability: float | None) -> None:
    assert estimated_eligible(size, prefix) == eligible
    assert inclusion_probability(size, prefix) == probability


def test_every_reason_has_one_class() -> None:
    assert set(CLASS_OF) == set(SkipReason)
    assert [reason for reason in SkipReason if reason.skip_class is SkipClass.REASSIGN] == [
        SkipReason.CONFLICT,
        SkipReason.LANGUAGE,
        SkipReason.AWAY,
    ]


def test_a_reviewer_cannot_choose_that_time_ran_out() -> None:
    assert [value for value, _ in SkipReason.for_reviewers() if value == "expired"] == []
    assert len(SkipReason.for_reviewers()) == len(SkipReason) - 1


@pytest.mark.slow
def test_a_week_that_drifts_with_skips_and_a_wrong_forecast_is_measured_without_bias() -> None:
    """statistics.md 1.2: scores fall through the week and at the weekend, and what is skipped is not like the rest."""
    dice = np.random.default_rng(20268)
    size, quota, weeks = 80, 5, 2500
    hours = np.sort(dice.random((weeks, size)), axis=1)
    scores = 85 - 18 * hours - 8 * (hours > 5 / 7) + dice.normal(0, 20, (weeks, size))
    ineligible = dice.random((weeks, size)) < 0.06 + 0.12 * (scores < 70)
    numbers = dice.random((weeks, size))
    forecast = size * dice.uniform(0.8, 1.2, weeks)
    errors, naive = [], []
    for week in range(weeks):
        order = numbers[week].argsort()
        out = frozenset((np.flatnonzero(ineligible[week][order]) + 1).tolist())
        taken = close_sample(numbers[week].tolist(), (~ineligible[week]).tolist(), quota)
        # Skip by skip, as reviewers meet them, ends where the design says it does.
        prefix = reach(size, quota, vacated=(), ineligible=())
        while len(met := {place for place in out if place <= prefix.k}) > prefix.k - prefix.n_e:
            prefix = reach(size, quota, vacated=met, ineligible=met)
        assert prefix.k == taken.k
        released = close_sample(
            numbers[week].tolist(), (~ineligible[week]).tolist(), quota, release_threshold(quota, forecast[week])
        )
        truth = scores[week][~ineligible[week]].mean()
        errors.append(scores[week][released.sample].mean() - truth)
        naive.append(scores[week][~ineligible[week]][:quota].mean() - truth)

    assert abs(np.mean(errors)) < 3 * np.std(errors, ddof=1) / np.sqrt(weeks)
    assert np.mean(naive) > 1.3
