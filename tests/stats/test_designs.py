"""Effects by design: published worked examples, refusals, and how often nothing is called an improvement."""

from __future__ import annotations

import random

import pytest

from stats.designs import fresh_baseline_effect, waiting_list_effect

# Student (1908), "The probable error of a mean", hours of sleep won by two drugs; R's data set `sleep`.
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_a_fresh_baseline_is_the_paired_t_of_students_sleep_data() -> None:
    found = fresh_baseline_effect(FIRST, post_mean=SECOND)

    # R 4.3: t.test(extra ~ group, data = sleep, paired = TRUE)
    assert (found.effect, found.df, found.n) == (pytest.approx(1.58), 9, 10)
    assert (found.lo, found.hi) == (pytest.approx(0.7001142, abs=1e-7), pytest.approx(2.4598858, abs=1e-7))


def test_a_waiting_list_is_welchs_t_of_the_same_data() -> None:
    found = waiting_list_effect(SECOND, waiting=FIRST)

    # R 4.3: t.test(extra ~ group, data = sleep): t = 1.8608, df = 17.776
    assert (found.effect, found.df, found.n) == (pytest.approx(1.58), pytest.approx(17.776474, abs=1e-6), 20)
    assert (found.lo, found.hi) == (pytest.approx(-0.2054832, abs=1e-7), pytest.approx(3.3654832, abs=1e-7))


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (fresh_baseline_effect([], post_mean=[]), "too_few_agents"),
        (fresh_baseline_effect([50.0], post_mean=[60.0]), "too_few_agents"),
        (fresh_baseline_effect([50.0, 60.0], post_mean=[55.0, 65.0]), "no_variance"),
        (waiting_list_effect([1.0, 2.0], waiting=[1.0]), "too_few_agents"),
        (waiting_list_effect([1.0, 1.0], waiting=[0.0, 0.0]), "no_variance"),
    ],
)
def test_without_enough_there_is_a_reason_and_no_number(found: object, reason: str) -> None:
    assert (found.effect, found.se, found.lo, found.hi, found.reason) == (None, None, None, None, reason)  # type: ignore[attr-defined]


def test_lists_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        fresh_baseline_effect([1.0], post_mean=[])


def test_what_moves_everybody_moves_a_fresh_baseline_and_not_a_waiting_list() -> None:
    shifted = [value + 10 for value in SECOND]

    assert fresh_baseline_effect(FIRST, post_mean=shifted).effect == pytest.approx(11.58)
    assert waiting_list_effect(shifted, waiting=[value + 10 for value in FIRST]).effect == pytest.approx(1.58)


def test_without_an_effect_an_improvement_is_claimed_in_about_one_of_forty() -> None:
    lots = random.Random(20261126)

    def means(k: int) -> list[float]:
        return [lots.gauss(70, 8) for _ in range(k)]

    claims = {"fresh": 0, "waiting": 0}
    for _ in range(1500):
        fresh = fresh_baseline_effect(means(6), post_mean=means(6))
        waiting = waiting_list_effect(means(6), waiting=means(6))
        claims["fresh"] += (fresh.lo or 0) > 0
        claims["waiting"] += (waiting.lo or 0) > 0

    # Nominal 2.5 %: 37.5 of 1,500, and four standard errors of 6.0 above it.
    assert max(claims.values()) <= 62
    assert min(claims.values()) >= 14
