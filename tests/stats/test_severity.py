"""Reviewer severity: dense algebra, properties, and who can be compared with whom (statistics.md 3)."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats import severity

reviews = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 3), st.one_of(st.sampled_from([0.0, 100.0]), st.floats(0, 100))),
    max_size=12,
)
scored_together = st.lists(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from([0.0, 70.0, 72.5, 100.0])), max_size=3).map(
        lambda scores: {"reviewers": [who for who, _ in scores], "scores": [score for _, score in scores]}
    ),
    max_size=4,
)


def a_workspace(random, *, agents=20, reviewers=6, each=12, spread=5.0, level=8.0, noise=18.0):
    agent = np.repeat(np.arange(agents), each)
    reviewer = random.integers(0, reviewers, agent.size)
    strict = random.normal(0, spread, reviewers)
    ability = random.normal(80, level, agents)
    y = ability[agent] + strict[reviewer] + random.normal(0, noise, agent.size)
    return {"agent": agent.tolist(), "reviewer": reviewer.tolist(), "y": y.tolist()}, strict, ability


def dense(agent, *, reviewer, y, var):
    """Best linear unbiased predictions by generalised least squares on the full covariance matrix."""
    va, vs, ve = var
    A, S = np.eye(max(agent) + 1)[agent], np.eye(max(reviewer) + 1)[reviewer]
    scores, ones = np.array(y), np.ones(len(y))
    inverse = np.linalg.inv(va * A @ A.T + vs * S @ S.T + ve * np.eye(len(y)))
    var_mu = 1 / (ones @ inverse @ ones)
    mu = var_mu * (ones @ inverse @ scores)
    gain = vs * S.T @ inverse
    cov = vs * np.eye(S.shape[1]) - gain @ S * vs + var_mu * np.outer(gain @ ones, gain @ ones)
    adjusted = mu + va * A.T @ inverse @ (scores - mu)
    short = 1 - va * A.T @ inverse @ ones
    cov_adjusted = va * np.eye(A.shape[1]) - va * A.T @ inverse @ A * va + var_mu * np.outer(short, short)
    return mu, gain @ (scores - mu), np.sqrt(np.diag(cov)), adjusted, np.sqrt(np.diag(cov_adjusted))


def numbers(value):
    if dataclasses.is_dataclass(value):
        return [number for field in dataclasses.fields(value) for number in numbers(getattr(value, field.name))]
    if isinstance(value, list):
        return [number for item in value for number in numbers(item)]
    return [value] if isinstance(value, float) else []


@pytest.mark.parametrize("var", [(49.0, 25.0, 225.0), (0.0, 25.0, 225.0), (49.0, 0.0, 225.0), (400.0, 100.0, 1.0)])
def test_blup_is_generalised_least_squares(var):
    data, _, _ = a_workspace(np.random.default_rng(1), agents=9, reviewers=4, each=5)

    found = severity.blup(**data, var=var)

    expected = dense(**data, var=var)
    actual = (found.mu, found.severity, found.sd_severity, found.adjusted, found.sd_adjusted)
    assert np.concatenate([np.atleast_1d(x) for x in actual]) == pytest.approx(
        np.concatenate([np.atleast_1d(x) for x in expected]), abs=1e-6
    )


def test_the_posterior_averages_the_predictions_over_the_grid():
    data, _, _ = a_workspace(np.random.default_rng(2), agents=9, reviewers=4, each=5)
    sigma = (np.arange(50) + 0.5) / 2

    found = severity.posterior(**data, var_agent=64.0, var_residual=324.0)

    scores, ones = np.array(data["y"]), np.ones(45)
    A, S = np.eye(9)[data["agent"]], np.eye(4)[data["reviewer"]]
    log_weight = []
    for s in sigma:
        covariance = 64 * A @ A.T + s**2 * S @ S.T + 324 * np.eye(45)
        inverse = np.linalg.inv(covariance)
        mu = ones @ inverse @ scores / (ones @ inverse @ ones)
        rest = (scores - mu) @ inverse @ (scores - mu)
        log_weight.append(-0.5 * (np.linalg.slogdet(covariance)[1] + math.log(ones @ inverse @ ones) + rest))
    weight = np.exp(np.array(log_weight) - max(log_weight))
    weight /= weight.sum()
    each = [dense(**data, var=(64.0, s**2, 324.0)) for s in sigma]
    mean = sum(w * one[1] for w, one in zip(weight, each, strict=True))
    square = sum(w * (one[2] ** 2 + one[1] ** 2) for w, one in zip(weight, each, strict=True))
    assert found.severity == pytest.approx(mean, abs=1e-8)
    assert found.sd_severity == pytest.approx(np.sqrt(square - mean**2), abs=1e-7)
    assert found.sigma_s == pytest.approx(weight @ sigma)


def test_scores_of_the_same_conversation_count_as_the_conversation_s_own_level_removed():
    """One conversation scored by k reviewers is a unit with an unknown level of its own: a dense check."""
    together = [{"reviewers": [0, 1, 2], "scores": [80.0, 70.0, 60.0]}, {"reviewers": [1, 2], "scores": [90.0, 85.0]}]
    data = {"agent": [0, 0, 1, 1, 2], "reviewer": [0, 1, 1, 2, 2], "y": [70.0, 72.0, 65.0, 80.0, 90.0]}

    found = severity.posterior(**data, var_agent=49.0, var_residual=225.0, s_max=10.0, calibration=together, var_w=25.0)

    weights, means = [], []
    for s in (np.arange(50) + 0.5) / 5:
        # mu, a level per conversation (both flat), agents and severities, solved at once.
        X, y, scale = [], [], []
        for one, who, score in zip(data["agent"], data["reviewer"], data["y"], strict=True):
            X.append([1, 0, 0, *np.eye(3)[one], *np.eye(3)[who]])
            y.append(score)
            scale.append(225.0)
        for number, conversation in enumerate(together):
            for who, score in zip(conversation["reviewers"], conversation["scores"], strict=True):
                X.append([0, *np.eye(2)[number], 0, 0, 0, *np.eye(3)[who]])
                y.append(score)
                scale.append(25.0)
        X, y, scale = np.array(X), np.array(y), np.array(scale)
        prior = np.diag([0, 0, 0, *[1 / 49.0] * 3, *[1 / s**2] * 3])
        system, right = X.T @ (X / scale[:, None]) + prior, X.T @ (y / scale)
        solved = np.linalg.solve(system, right)
        weights.append(0.5 * right @ solved - 0.5 * np.linalg.slogdet(system)[1] - 3 * math.log(s))
        means.append(solved[-3:])
    weights = np.exp(np.array(weights) - max(weights))
    assert found.severity == pytest.approx(weights @ np.array(means) / weights.sum(), abs=1e-7)


@pytest.mark.parametrize("c", [3.0, 10.0, -6.0])
@pytest.mark.parametrize("seed", [3, 4])
def test_a_constant_added_to_one_reviewer_moves_adjusted_scores_by_less_than_the_raw_ones(c, seed):
    data, _, _ = a_workspace(np.random.default_rng(seed))
    data["reviewer"] = [agent % 6 if turn % 4 else who for turn, (agent, who) in enumerate(_pairs(data))]
    own = np.array([who == 2 for who in data["reviewer"]])
    moved = {**data, "y": (np.array(data["y"]) + c * own).tolist()}
    variances = {"var_agent": 64.0, "var_residual": 324.0}

    before, after = severity.posterior(**data, **variances), severity.posterior(**moved, **variances)

    share = np.bincount(data["agent"], weights=own) / 12
    change = np.subtract(after.adjusted, before.adjusted)
    at_home = share > 0.5
    assert at_home.sum() >= 3
    assert 0 < (after.severity[2] - before.severity[2]) / c <= 1
    assert (np.abs(change[at_home]) < np.abs(c * share[at_home])).all()
    assert np.ptp(change) < np.ptp(c * share)


def _pairs(data):
    return zip(data["agent"], data["reviewer"], strict=True)


def test_at_given_variances_the_severity_moves_by_no_more_than_the_constant():
    data, _, _ = a_workspace(np.random.default_rng(5))
    moved = {**data, "y": [y + 10 * (who == 0) for who, y in zip(data["reviewer"], data["y"], strict=True)]}
    var = (64.0, 25.0, 324.0)

    change = severity.blup(**moved, var=var).severity[0] - severity.blup(**data, var=var).severity[0]

    assert 0 < change <= 10


def test_adding_a_constant_to_everybody_moves_only_the_level():
    data, _, _ = a_workspace(np.random.default_rng(6))
    moved = {**data, "y": [y + 1_000 for y in data["y"]]}
    variances = {"var_agent": 64.0, "var_residual": 324.0}

    before, after = severity.posterior(**data, **variances), severity.posterior(**moved, **variances)

    assert after.severity == pytest.approx(before.severity, abs=1e-8)
    assert after.adjusted == pytest.approx([score + 1_000 for score in before.adjusted], abs=1e-8)


@pytest.mark.slow
def test_without_differences_severity_shrinks_to_nearly_nothing():
    random = np.random.default_rng(20267)
    found = []
    for _ in range(60):
        data, _, _ = a_workspace(random, agents=40, reviewers=8, each=16, spread=0.0)
        found += severity.posterior(**data, var_agent=64.0, var_residual=324.0).severity

    assert np.mean(np.abs(found)) < 1


@pytest.mark.slow
@pytest.mark.parametrize("reviewers", [3, 6, 15])
def test_severity_and_adjusted_scores_are_covered_by_their_intervals(reviewers):
    random = np.random.default_rng(20268)
    covered, covered_adjusted = [], []
    for _ in range(300):
        data, strict, ability = a_workspace(random, agents=20, reviewers=reviewers, each=15)
        found = severity.posterior(**data, var_agent=64.0, var_residual=324.0)
        covered += (np.abs(found.severity - strict) < 1.96 * np.array(found.sd_severity)).tolist()
        covered_adjusted += (np.abs(found.adjusted - ability) < 1.96 * np.array(found.sd_adjusted)).tolist()

    assert np.mean(covered) >= 0.92
    assert np.mean(covered_adjusted) >= 0.92


@pytest.mark.slow
def test_reml_finds_the_variances_that_made_the_scores():
    random = np.random.default_rng(20269)
    found = [severity.reml(**a_workspace(random, agents=40, reviewers=12, each=20)[0]) for _ in range(60)]

    assert np.mean([one.var_agent for one in found]) == pytest.approx(64, rel=0.15)
    assert np.mean([one.var_reviewer for one in found]) == pytest.approx(25, rel=0.25)
    assert np.mean([one.var_residual for one in found]) == pytest.approx(324, rel=0.03)


def test_two_thousand_agents_and_a_hundred_reviewers_are_no_special_case():
    random = np.random.default_rng(7)
    data, strict, _ = a_workspace(random, agents=2_000, reviewers=100, each=20)

    found = severity.posterior(**data, var_agent=64.0, var_residual=324.0)

    assert np.corrcoef(found.severity, strict)[0, 1] > 0.9


def test_nobody_reviewed_anything():
    nothing = {"agent": [], "reviewer": [], "y": []}

    answers = [
        severity.blup(**nothing, var=(1.0, 1.0, 1.0)).reason,
        severity.posterior(**nothing, var_agent=1.0, var_residual=1.0).reason,
        severity.reml(**nothing).reason,
        severity.components([], reviewer=[]),
        severity.severity_by_group(**nothing, var_agent=1.0, var_residual=1.0),
        severity.calib_var([], n_reviewers=0),
    ]

    assert answers == ["no_reviews", "no_reviews", "no_reviews", [], [], None]


def test_one_reviewer_has_no_severity_but_agents_have_scores():
    found = severity.posterior([0, 0, 1], reviewer=[0, 0, 0], y=[70.0, 80.0, 90.0], var_agent=64.0, var_residual=324.0)

    assert (found.severity, found.sd_severity, found.reason) == ([None], [None], "one_reviewer")
    assert found.adjusted[0] < found.adjusted[1]


def test_one_agent_is_said_to_be_the_only_one():
    found = severity.posterior([0, 0], reviewer=[0, 1], y=[70.0, 80.0], var_agent=64.0, var_residual=324.0)

    assert found.reason == "one_agent"
    assert found.severity[0] == pytest.approx(-found.severity[1])


def test_people_whom_nothing_connects_are_said_to_be_disconnected_until_they_score_together():
    silos = {"agent": [0, 1, 2, 3], "reviewer": [0, 0, 1, 1], "y": [70.0, 75.0, 80.0, 85.0]}
    variances = {"var_agent": 64.0, "var_residual": 324.0}
    together = [{"reviewers": [0, 1], "scores": [80.0, 75.0]}]

    apart, linked = (
        severity.posterior(**silos, **variances),
        severity.posterior(**silos, **variances, calibration=together),
    )

    assert (apart.reason, linked.reason) == ("disconnected", None)


def test_without_residual_variance_there_is_no_number():
    found = severity.posterior([0, 1], reviewer=[0, 1], y=[70.0, 80.0], var_agent=64.0, var_residual=0.0)

    assert (found.severity, found.adjusted, found.reason) == ([None, None], [None, None], "no_residual_variance")


@pytest.mark.parametrize(
    ("y", "reason"), [([70.0, 80.0, 75.0, 85.0], "no_residual_variance"), ([80.0] * 4, "no_variation")]
)
def test_reml_says_why_it_cannot_tell_the_variances(y, reason):
    found = severity.reml([0, 0, 1, 1], reviewer=[0, 1, 0, 1], y=y)

    assert found.reason == reason


def test_reml_needs_more_reviews_than_people_can_explain():
    found = severity.reml([0, 1, 1], reviewer=[0, 0, 1], y=[70.0, 80.0, 90.0])

    assert (found.var_agent, found.severity, found.reason) == (None, [None, None], "too_few")


def test_reml_of_equal_scores_has_no_variance_at_all():
    found = severity.reml([0, 0, 1, 1], reviewer=[0, 1, 0, 1], y=[80.1] * 4)

    assert (found.mu, found.var_agent, found.var_reviewer, found.var_residual) == (pytest.approx(80.1), 0, 0, 0)
    assert (found.severity, found.adjusted) == ([0.0, 0.0], [pytest.approx(80.1)] * 2)


@settings(max_examples=40)  # a second for ten; tests/stats/test_every_function.py asks once more
@given(rows=reviews, together=scored_together, variances=st.tuples(*[st.sampled_from([0.0, 1e-6, 49.0])] * 3))
def test_severity_always_answers(rows, together, variances):
    agent, reviewer, y = ([row[i] for row in rows] for i in range(3))
    var_agent, _, var_residual = variances
    given_data = {"reviewer": reviewer, "y": y}
    grid = {"var_agent": var_agent, "var_residual": var_residual, "calibration": together}

    answers = [
        severity.blup(agent, **given_data, var=variances),
        severity.reml(agent, **given_data),
        severity.posterior(agent, **given_data, **grid),
        *severity.severity_by_group(agent, **given_data, **grid),
    ]

    assert [number for answer in answers for number in numbers(answer) if not math.isfinite(number)] == []


@given(together=scored_together)
def test_the_variance_within_conversations_is_none_or_a_number(together):
    found = severity.calib_var(together, n_reviewers=5)

    assert found is None or (math.isfinite(found) and found >= 0)


def test_the_variance_within_conversations_is_the_residual_of_two_way_least_squares():
    random = np.random.default_rng(9)
    together = [
        {"reviewers": random.choice(5, 3, replace=False).tolist(), "scores": random.normal(70, 10, 3).tolist()}
        for _ in range(8)
    ]
    rows = [(number, who) for number, one in enumerate(together) for who in one["reviewers"]]
    X = np.array([[*np.eye(8)[number], *np.eye(5)[who]] for number, who in rows])
    y = np.array([score for one in together for score in one["scores"]])
    residual = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]

    found = severity.calib_var(together, n_reviewers=5)

    assert found == pytest.approx(residual @ residual / (24 - np.linalg.matrix_rank(X)))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: severity.blup([0], reviewer=[0, 1], y=[1.0], var=(1.0, 1.0, 1.0)),
        lambda: severity.blup([-1], reviewer=[0], y=[1.0], var=(1.0, 1.0, 1.0)),
        lambda: severity.blup([0], reviewer=[0], y=[1.0], var=(1.0, -1.0, 1.0)),
        lambda: severity.posterior([0], reviewer=[0], y=[1.0], var_agent=1.0, var_residual=1.0, s_max=0.0),
        lambda: severity.calib_var([{"reviewers": [0, 1], "scores": [1.0]}], n_reviewers=2),
        lambda: severity.calib_var([{"reviewers": [0, 5], "scores": [1.0, 2.0]}], n_reviewers=2),
        lambda: severity.components([0, 1], reviewer=[0]),
    ],
)
def test_a_caller_s_mistake_raises(wrong):
    with pytest.raises(ValueError):
        wrong()
