"""Promises that only simulation can check: bias, coverage, and how often a trigger is right."""

from __future__ import annotations

import numpy as np
import pytest

import stats
from stats import PlanState, plan_step

pytestmark = pytest.mark.slow

TEAMS, AGENTS, CONVERSATIONS = 1_500, 30, 80


def a_team(random):
    """Return scores and priorities of a team's week; low scores tend to look urgent."""
    level = random.normal(80, 8, (AGENTS, 1))
    scores = np.clip(level + random.normal(0, 25, (AGENTS, CONVERSATIONS)), 0, 100)
    priority = np.exp(0.02 * (80 - scores) + random.normal(0, 0.7, scores.shape))
    return scores, priority


def reviewed(scores, priority, *, random):
    """Draw three at random and about three by priority per agent; return y and the combined pi."""
    targeted = np.minimum(1.0, 3 * priority / priority.sum(axis=1, keepdims=True))
    in_random = random.random(scores.shape).argsort(axis=1).argsort(axis=1) < 3
    picked = in_random | (random.random(scores.shape) < targeted)
    pi = 1 - (1 - 3 / CONVERSATIONS) * (1 - targeted)
    return scores[picked].tolist(), pi[picked].tolist()


def test_the_mean_over_both_pools_is_unbiased_and_its_interval_covers():
    random = np.random.default_rng(20261)
    errors, covered = [], []
    for _ in range(TEAMS):
        scores, priority = a_team(random)
        y, pi = reviewed(scores, priority, random=random)
        estimate = stats.hajek(y, pi=pi)
        truth = float(scores.mean())
        errors.append(estimate.mean - truth)
        covered.append(estimate.lo <= truth <= estimate.hi)

    assert abs(np.mean(errors)) < 3 * np.std(errors, ddof=1) / np.sqrt(TEAMS)
    assert 0.93 <= np.mean(covered) <= 0.97


def test_the_plain_mean_over_both_pools_would_be_biased():
    random = np.random.default_rng(20262)
    errors = []
    for _ in range(100):
        scores, priority = a_team(random)
        y, _ = reviewed(scores, priority, random=random)
        errors.append(np.mean(y) - scores.mean())

    assert np.mean(errors) < -2


@pytest.mark.parametrize("n", range(2, 11))
def test_the_moderated_interval_covers_at_small_n(n):
    random = np.random.default_rng(20263 + n)
    covered = []
    for _ in range(70):
        scores = np.clip(random.normal(80, 8, (40, 1)) + random.normal(0, 22, (40, 80)), 0, 100)
        sample = scores[:, :n]
        v_team = stats.pooled_var([n] * 40, s2=sample.var(axis=1, ddof=1).tolist()).v
        for row, drawn in zip(scores, sample, strict=True):
            own = stats.moments(drawn.tolist())
            interval = stats.score_interval(n, ybar=own.mean, s2=own.s2, v_team=v_team, N=80)
            covered.append(interval.lo <= row.mean() <= interval.hi)

    assert 0.93 <= np.mean(covered) <= 0.99


class Year:
    """One year of 40 agents of constant quality, three reviews a week, target 70."""

    AGENTS, WEEKS, A_WEEK, TARGET = 40, 52, 3, 70.0

    def __init__(self, random):
        self.truth = random.normal(80, 10, self.AGENTS)
        shape = (self.AGENTS, self.WEEKS, self.A_WEEK)
        self.scores = self.truth[:, None, None] + random.normal(0, 21, shape)

    def probabilities(self, week):
        window = self.scores[:, max(0, week - 25) : week + 1]
        sums = window.sum(axis=2)
        evidence = [stats.decayed([self.A_WEEK] * len(row), sum_y=row.tolist()) for row in sums]
        count = window.shape[1] * self.A_WEEK
        spread = window.reshape(self.AGENTS, -1).var(axis=1, ddof=1)
        sigma2 = stats.pooled_var([count] * self.AGENTS, s2=spread.tolist()).v
        n_eff = [item.n_eff for item in evidence]
        chances = stats.trigger_probability(
            [item.mean for item in evidence], n_eff=n_eff, sigma2=sigma2, target=self.TARGET
        )
        return chances, n_eff

    def opened(self):
        """Return one entry per opened plan: the agent's position."""
        states, opened = [PlanState()] * self.AGENTS, []
        for week in range(self.WEEKS):
            chances, n_eff = self.probabilities(week)
            flags = [stats.why_not_enough(size, recent_reviews=3, agents=self.AGENTS) is None for size in n_eff]
            states = [plan_step(s, p=p, ok=ok) for s, p, ok in zip(states, chances, flags, strict=True)]
            opened += [agent for agent, state in enumerate(states) if state.name == "opened"]
        return opened

    def naive_flags(self):
        """Return one entry per week and agent whose last five scores average below target."""
        flat = self.scores.reshape(self.AGENTS, -1)
        ends = range(2 * self.A_WEEK, self.WEEKS * self.A_WEEK + 1, self.A_WEEK)
        low = np.array([flat[:, end - 5 : end].mean(axis=1) < self.TARGET for end in ends])
        return [agent for agent in range(self.AGENTS) for _ in range(int(low[:, agent].sum()))]


def rates(flags_of):
    """Return the share of flags that are right, of good agents ever flagged, and of those 5 points low found."""
    right, good, low = [], [], []
    for seed in range(20):
        year = Year(np.random.default_rng(20270 + seed))
        flagged = flags_of(year)
        right += [year.truth[agent] < year.TARGET for agent in flagged]
        good += [agent in flagged for agent in np.flatnonzero(year.truth >= year.TARGET)]
        low += [agent in flagged for agent in np.flatnonzero(year.truth < year.TARGET - 5)]
    return float(np.mean(right)), float(np.mean(good)), float(np.mean(low))


def test_a_year_of_weekly_looks_is_mostly_right_and_spares_good_agents():
    precision, good_flagged, low_found = rates(Year.opened)

    assert precision >= 0.85
    assert good_flagged <= 0.12
    assert low_found >= 0.9


def test_the_naive_rule_flags_most_good_agents():
    precision, good_flagged, _ = rates(Year.naive_flags)

    assert precision <= 0.65
    assert good_flagged >= 0.7
