"""An agent's average over several weeks: weighted by conversations, and never outside the scale."""

from __future__ import annotations

import pytest

from stats import StratumMoments, moments, rolling_score_interval, score_interval


def week(size: int, scores: list[float]) -> StratumMoments:
    return StratumMoments(size, moments(scores))


def test_one_week_gives_the_plain_interval() -> None:
    found = rolling_score_interval([week(80, [60, 70, 95])], v_team=400.0)

    plain = score_interval(3, ybar=75.0, s2=moments([60, 70, 95]).s2, v_team=400.0, N=80)
    assert (found.mean, found.lo, found.hi) == pytest.approx((plain.mean, plain.lo, plain.hi))


def test_weeks_weigh_by_their_conversations() -> None:
    found = rolling_score_interval([week(200, [60, 60]), week(20, [90, 90])], v_team=400.0)

    assert found.mean == pytest.approx((200 * 60 + 20 * 90) / 220)


def test_the_limits_stay_on_the_scale_however_few_and_wild_the_scores() -> None:
    found = rolling_score_interval([week(10, [0, 100, 92]), week(12, [0]), week(12, [])], v_team=900.0)

    assert found.lo is not None
    assert found.hi is not None
    assert 0 <= found.lo < found.hi <= 100


def test_without_reviews_or_team_variance_it_says_why() -> None:
    empty = rolling_score_interval([week(10, [])], v_team=400.0)
    alone = rolling_score_interval([week(10, [80, 90])], v_team=None)

    assert (empty.reason, alone.reason, alone.lo) == ("no_reviews", "no_team_variance", None)
