"""Who can be compared with whom, and the words for a reviewer's severity (statistics.md 3)."""

from __future__ import annotations

import numpy as np
import pytest

from stats import severity


def two_silos(random, *, gap=0.0, agents=6, each=20):
    """Two teams of agents with three reviewers each; reviewers 0 and 3 are twelve points more lenient than the rest."""
    agent = np.repeat(np.arange(2 * agents), each)
    reviewer = random.integers(0, 3, agent.size) + 3 * (agent >= agents)
    lenient = 12.0 * (reviewer % 3 == 0)
    y = 75 + gap * (agent >= agents) + lenient + random.normal(0, 8, agent.size)
    return {"agent": agent.tolist(), "reviewer": reviewer.tolist(), "y": y.tolist()}


def test_components_are_fitted_separately_so_that_a_better_team_is_not_blamed_on_its_reviewers():
    data = two_silos(np.random.default_rng(10), gap=30.0)
    even = two_silos(np.random.default_rng(10), gap=0.0)
    variances = {"var_agent": 25.0, "var_residual": 64.0}

    found, expected = (severity.severity_by_group(**one, **variances) for one in (data, even))

    assert [one.severity for group in found for one in group.reviewers] == pytest.approx(
        [one.severity for group in expected for one in group.reviewers], abs=1e-8
    )
    assert [sum(one.severity for one in group.reviewers) for group in found] == pytest.approx([0, 0], abs=1e-8)


@pytest.mark.parametrize(("points", "word"), [(12.0, "lenient"), (-12.0, "strict"), (0.0, None)])
def test_a_reviewer_is_called_strict_or_lenient_only_when_the_limits_exclude_zero(points, word):
    random = np.random.default_rng(12)
    agent, reviewer = np.repeat(np.arange(20), 30), np.tile(np.arange(10), 60)
    y = 75 + points * (reviewer == 4) + random.normal(0, 10, 600)

    (group,) = severity.severity_by_group(
        agent.tolist(), reviewer=reviewer.tolist(), y=y.tolist(), var_agent=25.0, var_residual=100.0
    )

    assert [one.word for one in group.reviewers] == [word if number == 4 else None for number in range(10)]
    excludes = [one.lo is not None and not one.lo <= 0 <= one.hi for one in group.reviewers]
    assert excludes == [one.word is not None for one in group.reviewers]


@pytest.mark.parametrize(("shared", "groups"), [(0, 2), (59, 2), (60, 1)])
def test_groups_are_comparable_from_sixty_conversations_scored_by_both(shared, groups):
    together = [{"reviewers": [0, 1], "scores": [80.0, 75.0]}] * shared

    found = severity.comparable([0, 1], reviewer=[0, 1], calibration=together)

    assert len(found) == groups


def test_a_reviewer_with_little_work_gets_a_reason_instead_of_a_number():
    data = two_silos(np.random.default_rng(11))
    data = {
        "agent": [*data["agent"], *[0] * 14, *[1] * 20],
        "reviewer": [*data["reviewer"], *[6] * 14, *[7] * 20],
        "y": [*data["y"], *[70.0] * 34],
    }

    first, _ = severity.severity_by_group(**data, var_agent=25.0, var_residual=64.0)

    assert [(one.reviewer, one.reason) for one in first.reviewers if one.severity is None] == [
        (6, "few_reviews"),
        (7, "few_agents"),
    ]


@pytest.mark.parametrize(
    ("agent", "reviewer", "reason"),
    [([0, 1, 2], [0, 0, 0], "one_reviewer"), ([0, 0, 1], [0, 1, 0], "few_shared_agents")],
)
def test_a_group_that_cannot_be_told_apart_gets_a_reason(agent, reviewer, reason):
    groups = severity.severity_by_group(
        agent, reviewer=reviewer, y=[70.0, 80.0, 90.0], var_agent=25.0, var_residual=64.0
    )

    assert [{one.reason for one in group.reviewers} for group in groups] == [{reason}]


def test_hardly_more_than_is_known_of_a_newcomer_is_not_enough():
    agent, reviewer = [a for a in range(5) for _ in range(6)], [0, 0, 0, 1, 1, 1] * 5
    y = [70.0 + (number * 37 % 61) for number in range(30)]

    (group,) = severity.severity_by_group(agent, reviewer=reviewer, y=y, var_agent=25.0, var_residual=9_000.0)

    assert [(one.severity, one.word, one.reason) for one in group.reviewers] == [(None, None, "not_enough_data")] * 2
