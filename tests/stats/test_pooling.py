"""Partial pooling: towards the group, more so with fewer reviews, and never without a word."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

import stats

MEANS = st.lists(st.floats(0, 100), min_size=2, max_size=15)


def posterior_on_a_fine_grid(ybar, *, V, points=20_000, tau_max=50.0):
    """Return posterior means and sds by the formula of BDA3 5.4, plainly, one tau at a time."""
    y, variances = np.array(ybar), np.array(V)
    logs, means, seconds = [], [], []
    for tau in (np.arange(points) + 0.5) * tau_max / points:
        A = variances + tau**2
        Vmu = 1 / (1 / A).sum()
        mu = Vmu * (y / A).sum()
        B = variances / A
        M = (1 - B) * y + B * mu
        logs.append(0.5 * np.log(Vmu) - 0.5 * np.log(A).sum() - 0.5 * ((y - mu) ** 2 / A).sum())
        means.append(M)
        seconds.append((1 - B) * variances + B**2 * Vmu + M**2)
    weight = np.exp(np.array(logs) - max(logs))
    weight /= weight.sum()
    mean = weight @ np.array(means)
    return mean, np.sqrt(weight @ np.array(seconds) - mean**2)


@given(ybar=MEANS, V=st.floats(1, 500))
@settings(deadline=None)
def test_means_of_equally_reviewed_agents_lie_between_the_raw_mean_and_the_group(ybar, V):
    pooled = stats.hier_normal(ybar, V=[V] * len(ybar))

    outside = [
        raw
        for raw, mean in zip(ybar, pooled.mean, strict=True)
        if not min(raw, pooled.mu) - 1e-9 <= mean <= max(raw, pooled.mu) + 1e-9
    ]
    assert outside == []
    assert pooled.mu == pytest.approx(float(np.mean(ybar)), abs=1e-9)


def test_means_of_unequally_reviewed_agents_lie_between_the_raw_mean_and_the_group():
    # mu is itself averaged over tau, so an agent at the group's own mean may land a hair beyond it.
    random = np.random.default_rng(7)
    ybar, V = random.normal(78, 12, 60), 500 / random.integers(1, 15, 60)

    pooled = stats.hier_normal(ybar.tolist(), V=V.tolist())

    mean = np.array(pooled.mean)
    low, high = np.minimum(ybar, pooled.mu), np.maximum(ybar, pooled.mu)
    assert float(np.maximum(low - mean, mean - high).max()) < 0.05


@given(far=st.floats(10, 40), counts=st.lists(st.integers(1, 40), min_size=2, max_size=6, unique=True))
@settings(deadline=None)
def test_shrinkage_grows_as_reviews_become_fewer(far, counts):
    others = [70.0, 75.0, 80.0, 85.0, 90.0]
    ybar = [*others, *[80.0 + far] * len(counts)]
    V = [50.0] * len(others) + [450.0 / count for count in sorted(counts, reverse=True)]

    pooled = stats.hier_normal(ybar, V=V)

    shrunk = [80.0 + far - mean for mean in pooled.mean[len(others) :]]
    assert shrunk == sorted(shrunk)
    assert shrunk[0] > 0


def test_the_short_grid_agrees_with_a_fine_one_for_many_agents():
    random = np.random.default_rng(3)
    V = 450 / random.integers(1, 20, 300)
    ybar = random.normal(random.normal(78, 3, 300), np.sqrt(V))

    pooled = stats.hier_normal(ybar.tolist(), V=V.tolist())

    mean, sd = posterior_on_a_fine_grid(ybar, V=V, points=4_000)
    assert np.array(pooled.mean) == pytest.approx(mean, abs=0.001)
    assert np.array(pooled.sd) == pytest.approx(sd, abs=0.001)


def test_the_chance_of_being_below_matches_draws_from_the_posterior():
    random = np.random.default_rng(11)
    ybar, V = [60.0, 75.0, 80.0, 90.0], [100.0, 50.0, 30.0, 225.0]

    below = stats.hier_prob_below(ybar, V=V, target=72.0)

    drawn = draws_below(np.array(ybar), np.array(V), target=72.0, random=random)
    assert below == pytest.approx(drawn.tolist(), abs=0.01)


def draws_below(y, V, *, target, random, size=40_000):
    tau = (np.arange(2_000) + 0.5) * 50 / 2_000
    A = V[:, None] + tau**2
    Vmu = 1 / (1 / A).sum(axis=0)
    mu = Vmu * (y[:, None] / A).sum(axis=0)
    log = 0.5 * np.log(Vmu) - 0.5 * np.log(A).sum(axis=0) - 0.5 * ((y[:, None] - mu) ** 2 / A).sum(axis=0)
    weight = np.exp(log - log.max())
    picked = random.choice(len(tau), size=size, p=weight / weight.sum())
    group = random.normal(mu[picked], np.sqrt(Vmu[picked]))
    B = V[:, None] / A[:, picked]
    theta = random.normal((1 - B) * y[:, None] + B * group, np.sqrt((1 - B) * V[:, None]))
    return (theta < target).mean(axis=1)


@given(ybar=MEANS, shift=st.floats(-20, 20))
@settings(deadline=None)
def test_moving_every_score_moves_every_pooled_mean(ybar, shift):
    before = stats.hier_normal(ybar, V=[60.0] * len(ybar))
    after = stats.hier_normal([mean + shift for mean in ybar], V=[60.0] * len(ybar))

    moved = [b - a for a, b in zip(before.mean, after.mean, strict=True)]
    assert moved == pytest.approx([shift] * len(ybar), abs=1e-6)
    assert after.sd == pytest.approx(before.sd, abs=1e-6)


def test_one_agent_has_nothing_to_borrow():
    pooled = stats.hier_normal([63.0], V=[49.0])

    assert (pooled.mean, pooled.mu, pooled.reason) == ((63.0,), 63.0, "one_agent")
    assert pooled.sd == pytest.approx((7.0,))


def test_one_agent_has_the_chance_its_own_scores_give():
    below = stats.hier_prob_below([63.0], V=[49.0], target=70.0)

    assert below == pytest.approx([float(special.ndtr(1.0))])


def test_an_agent_without_reviews_gets_what_the_group_predicts():
    known = stats.hier_normal([60.0, 80.0, 75.0], V=[40.0, 50.0, 60.0])

    pooled = stats.hier_normal([60.0, 80.0, None, 75.0], V=[40.0, 50.0, None, 60.0])

    assert pooled.mean == pytest.approx((*known.mean[:2], known.mu, known.mean[2]))
    assert pooled.sd[2] > max(known.sd)


def test_nobody_with_reviews_gives_no_number():
    pooled = stats.hier_normal([None, None], V=[None, 40.0])

    assert pooled == stats.PooledMeans((None, None), (None, None), None, None, "no_reviews")
    assert stats.hier_prob_below([None], V=[None], target=70.0) == [None]
    assert stats.hier_normal([], V=[]).reason == "no_reviews"


def test_scores_that_never_vary_are_known_exactly():
    pooled = stats.hier_normal([70.0, 80.0, 90.0], V=[0.0, 0.0, 0.0])

    assert (pooled.mean, pooled.sd) == ((70.0, 80.0, 90.0), (0.0, 0.0, 0.0))
    assert stats.hier_prob_below([70.0, 80.0, 90.0], V=[0.0] * 3, target=80.0) == pytest.approx([1.0, 0.0, 0.0])


def test_equal_means_without_error_are_their_own_group():
    pooled = stats.hier_normal([80.1] * 4, V=[0.0] * 4)

    assert (pooled.mean, pooled.sd, pooled.mu) == ((80.1,) * 4, (0.0,) * 4, 80.1)


@given(passes=st.lists(st.integers(0, 5), min_size=2, max_size=10))
@settings(deadline=None)
def test_pooled_pass_rates_keep_the_order_of_the_raw_ones(passes):
    pooled = stats.hier_binom(passes, n=[5] * len(passes), target=0.7)

    order = np.argsort(passes, kind="stable")
    means, below = np.array(pooled.mean)[order], np.array(pooled.below)[order]
    assert bool((np.diff(means) >= -1e-9).all())
    assert bool((np.diff(below) <= 1e-9).all())
    assert 0 <= min(below.tolist()) <= max(below.tolist()) <= 1


def test_an_agent_without_answers_gets_the_pass_rate_of_the_group():
    pooled = stats.hier_binom([0, 5, 0], n=[5, 5, 0], target=0.5)

    assert pooled.mean[2] == pytest.approx(0.5, abs=1e-9)
    assert pooled.below[2] == pytest.approx(0.5, abs=1e-9)


def test_no_answer_anywhere_gives_no_pass_rate():
    assert stats.hier_binom([0, 0], n=[0, 0], target=0.5) == stats.PooledRates((None, None), (None, None), "no_reviews")
    assert stats.hier_binom([], n=[], target=0.5).reason == "no_reviews"


def test_more_passes_than_answers_are_refused():
    with pytest.raises(ValueError):
        stats.hier_binom([3], n=[2], target=0.5)


def test_a_scale_without_width_is_refused():
    with pytest.raises(ValueError):
        stats.hier_normal([1.0], V=[1.0], tau_max=0.0)
