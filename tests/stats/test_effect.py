"""Coaching effect: what chance predicts, what adds up, when nothing is claimed (statistics.md 4)."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats import effect

score = st.one_of(st.none(), st.sampled_from([0.0, 50.0, 100.0]), st.floats(0, 100))
side = st.tuples(score, st.integers(0, 12))
agents = st.lists(st.tuples(side, side, st.booleans()), max_size=8)


def measured(people, *, sigma2=625.0):
    before, after, coached = zip(*people, strict=True) if people else ((), (), ())
    return effect.coaching_effect(
        [mean for mean, _ in before],
        pre_n=[n for _, n in before],
        post_mean=[mean for mean, _ in after],
        post_n=[n for _, n in after],
        coached=list(coached),
        sigma2=sigma2,
    )


def numbers(value):
    if dataclasses.is_dataclass(value):
        return [number for field in dataclasses.fields(value) for number in numbers(getattr(value, field.name))]
    if isinstance(value, list):
        return [number for item in value for number in numbers(item)]
    return [value] if isinstance(value, float) else []


def test_expected_change_of_the_worked_example():
    answer = effect.expected_rtm(58, mu=78, tau2=64, sigma2=625, n=6)

    assert (round(answer.rho, 2), round(answer.expected_change, 1)) == (0.38, 12.4)


@pytest.mark.parametrize(
    ("xbar", "tau2", "sigma2", "n", "expected"),
    [
        (None, 64, 625, 0, (None, None, "no_reviews")),
        (58, 64, 625, 0, (None, None, "no_reviews")),
        (58, 0, 0, 6, (None, None, "no_variance")),
        (58, 0, 625, 6, (20.0, 0.0, None)),
        (58, 64, 0, 6, (0.0, 1.0, None)),
    ],
)
def test_expected_change_at_the_edges(xbar, tau2, sigma2, n, expected):
    answer = effect.expected_rtm(xbar, mu=78, tau2=tau2, sigma2=sigma2, n=n)

    assert dataclasses.astuple(answer) == expected


def test_the_variance_between_effects_in_a_case_done_by_hand():
    found = [effect.tau2_dl([], V=[]), effect.tau2_dl([9], V=[1]), effect.tau2_dl([0, 10], V=[2, 2])]

    assert found == [0.0, 0.0, pytest.approx(48.0)]


@pytest.mark.parametrize("variance", [0.0, -1.0])
def test_a_variance_that_is_not_positive_raises(variance):
    with pytest.raises(ValueError):
        effect.tau2_dl([1, 2], V=[1, variance])


@given(people=agents, sigma2=st.sampled_from([None, 0.0, 1e-6, 625.0]))
def test_the_three_parts_add_up_to_what_was_observed(people, sigma2):
    answer = measured(people, sigma2=sigma2)

    for observed, chance, net in zip(answer.observed, answer.expected_by_chance, answer.effect, strict=True):
        if net is not None:
            assert observed == pytest.approx(chance + answer.shift + net, abs=1e-9)


@given(people=agents, sigma2=st.sampled_from([None, 0.0, 1e-6, 625.0]))
def test_the_effect_always_answers_and_gives_a_reason_for_what_is_missing(people, sigma2):
    answer = measured(people, sigma2=sigma2)

    assert [number for number in numbers(answer) if not math.isfinite(number)] == []
    assert [net is None for net in answer.effect] == [reason is not None for reason in answer.reasons]
    assert (answer.group is None) == (answer.reason is not None)


def test_nothing_changed_gives_minus_the_shift():
    people = [((80.0, 10), (80.0 + drift, 10), False) for drift in (3.0, 4.0, 5.0)] + [((80.0, 10), (80.0, 10), True)]

    answer = measured(people)

    assert answer.expected_by_chance == [pytest.approx(0, abs=1e-9)]
    assert (answer.shift, answer.effect) == (pytest.approx(4.0), [pytest.approx(-4.0)])


def test_without_peers_only_the_change_is_reported():
    answer = measured([((60.0, 6), (80.0, 8), True), ((70.0, 6), (75.0, 8), True)])

    assert answer.observed == [20.0, 5.0]
    assert (answer.shift, answer.effect, answer.lo, answer.hi) == (None, [None, None], [None, None], [None, None])
    assert (answer.group, answer.reason, answer.reasons) == (None, "no_peers", ["no_peers", "no_peers"])


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [((None, 0), (80.0, 5), "no_reviews_before"), ((60.0, 5), (None, 0), "no_reviews_after")],
)
def test_a_coached_agent_without_reviews_on_one_side_has_no_effect(before, after, reason):
    answer = measured([(before, after, True), ((80.0, 9), (82.0, 9), False), ((70.0, 9), (71.0, 9), False)])

    assert (answer.observed, answer.effect, answer.reasons) == ([None], [None], [reason])
    assert (answer.group, answer.reason) == (None, "no_coached_reviews")


@pytest.mark.parametrize(
    ("people", "sigma2", "reason"),
    [
        ([], 625.0, "nobody_coached"),
        ([((80.0, 9), (82.0, 9), False)], 625.0, "nobody_coached"),
        ([((60.0, 9), (82.0, 9), True), ((70.0, 9), (71.0, 9), False)], None, "no_variance"),
        ([((60.0, 9), (82.0, 9), True), ((70.0, 9), (71.0, 9), False)], 0.0, "no_variance"),
    ],
)
def test_the_effect_says_why_there_is_none(people, sigma2, reason):
    answer = measured(people, sigma2=sigma2)

    assert (answer.group, answer.reason) == (None, reason)


def test_a_programme_of_one_agent_says_what_the_agent_s_own_figure_says():
    peers = [((80.0 + drift, 9), (81.0 - drift, 9), False) for drift in range(5)]

    answer = measured([*peers, ((60.0, 6), (80.0, 8), True)])

    assert dataclasses.astuple(answer.group) == pytest.approx(
        (answer.effect[0], answer.se[0], answer.lo[0], answer.hi[0], 1)
    )


def test_lists_of_different_length_raise():
    with pytest.raises(ValueError):
        effect.coaching_effect([1.0], pre_n=[1], post_mean=[1.0], post_n=[], coached=[True], sigma2=1.0)


@pytest.mark.parametrize(
    ("pre_n", "post_n", "peers", "counts", "covers", "shown"),
    [
        (3, 5, 10, True, True, "full"),
        (2, 5, 10, True, True, "none"),
        (3, 4, 10, True, True, "none"),
        (3, 5, 9, True, True, "observed_only"),
        (3, 5, 10, False, True, "observed_only"),
        (3, 5, 10, True, False, "observed_only"),
        (2, 4, 0, False, False, "none"),
    ],
)
def test_how_much_of_an_effect_may_be_shown(pre_n, post_n, peers, counts, covers, shown):
    answer = effect.sufficiency(
        pre_n, post_n=post_n, peers=peers, peer_counts_ok=counts, baseline_covers_selection_data=covers
    )

    assert answer == shown


@pytest.mark.parametrize(
    ("lo", "shown", "word"),
    [
        (0.1, "full", "improved"),
        (0.0, "full", "cannot_tell_yet"),
        (-40.0, "full", "cannot_tell_yet"),
        (0.1, "observed_only", "not_enough_data"),
        (None, "full", "not_enough_data"),
        (0.1, "none", "not_enough_data"),
    ],
)
def test_the_verdict_is_never_worse(lo, shown, word):
    assert effect.verdict(lo, shown=shown) == word


def further(change, *, baseline_variance=20.0):
    return effect.further_reviews(
        change,
        post_n=8,
        sigma2=441.0,
        baseline_variance=baseline_variance,
        level_factor=1.0,
        omega2=0.0,
        shift_variance=1.0,
    )


def test_further_reviews_are_the_fewest_that_settle_it():
    answer = further(12.0)

    def se(n):
        return 1.959963984540054 * math.sqrt(20 + 441 / (8 + n) + 1)

    assert se(answer.n) < 12 <= se(answer.n - 1)


@pytest.mark.parametrize(
    ("change", "expected"),
    [(40.0, (0, None)), (-40.0, (0, None)), (2.0, (None, "baseline_too_small")), (0.0, (None, "no_effect"))],
)
def test_further_reviews_at_the_edges(change, expected):
    assert dataclasses.astuple(further(change)) == expected


def a_world_without_effect(random, *, pre_n=6, post_n=8):
    """Score 40 agents on a criterion of 0, 50 and 100 before and after; the lowest six are "coached"."""
    ability = random.normal(78, 8, 40)
    top = np.clip(ability / 100 - 0.15, 0.02, 0.98)[:, None]
    middle = np.minimum(0.3, 1 - top)

    def scores(n):
        u = random.random((40, n))
        return np.where(u < top, 100.0, np.where(u < top + middle, 50.0, 0.0))

    before, after = scores(pre_n), scores(post_n)
    coached = np.zeros(40, dtype=bool)
    coached[np.argsort(before.mean(axis=1), kind="stable")[:6]] = True
    return before, after, coached


@pytest.mark.slow
def test_chance_alone_is_hardly_ever_called_an_improvement():
    random = np.random.default_rng(20265)
    agent_claims, agent_covered, group_claims, rose = [], [], [], []
    for _ in range(600):
        before, after, coached = a_world_without_effect(random)
        answer = effect.coaching_effect(
            before.mean(axis=1).tolist(),
            pre_n=[6] * 40,
            post_mean=after.mean(axis=1).tolist(),
            post_n=[8] * 40,
            coached=coached.tolist(),
            sigma2=float((before.var(axis=1, ddof=1).mean() * 5 + after.var(axis=1, ddof=1).mean() * 7) / 12),
        )
        agent_claims += [lo > 0 for lo in answer.lo]
        agent_covered += [lo <= 0 <= hi for lo, hi in zip(answer.lo, answer.hi, strict=True)]
        group_claims.append(answer.group.lo > 0)
        rose += [change > 0 for change in answer.observed]

    assert np.mean(rose) > 0.6
    assert np.mean(agent_claims) <= 0.04
    assert np.mean(group_claims) <= 0.06
    assert np.mean(agent_covered) >= 0.91


@pytest.mark.slow
def test_a_true_effect_is_found_at_its_size():
    random = np.random.default_rng(20266)
    found = []
    for _ in range(300):
        level = random.normal(75, 8, 40)
        before = level + random.normal(0, 21 / math.sqrt(12), 40)
        coached = before <= np.sort(before)[5]
        after = level + 20 * coached + random.normal(0, 21 / math.sqrt(20), 40)
        answer = effect.coaching_effect(
            before.tolist(), pre_n=[12] * 40, post_mean=after.tolist(), post_n=[20] * 40, coached=coached, sigma2=441.0
        )
        found.append(answer.group.effect)

    assert abs(np.mean(found) - 20) < 1.0
