"""What an outcome's words are worth: worlds without any effect, and worlds with one of a known size.

Pure arithmetic through the function that the job calls. The seed is the day of the commit, so that no seed was chosen.
"""

from __future__ import annotations

import subprocess
from datetime import date

import numpy as np
import pytest
from scipy.special import betaincinv, stdtrit

from coaching.effects import SCALE, Side, Sums, inputs_of, measure
from stats import pooled_effects
from tests.conftest import ROOT

pytestmark = pytest.mark.slow
WORLDS, AGENTS, COACHED, BEFORE, AFTER, TOGETHER = 2_000, 40, 6, 6, 8, 6


def seed():
    """The day of the commit as a number, 20261126; the day this was written where there is no history."""
    asked = subprocess.run(
        ["git", "-C", str(ROOT), "log", "-1", "--format=%cs"], capture_output=True, text=True, check=False
    )
    day = asked.stdout.strip()
    return int((date.fromisoformat(day) if day else date(2026, 11, 26)).strftime("%Y%m%d"))


def side(scores):
    units = [round(float(score) * SCALE) for score in scores]
    return Side(len(units), sum(units), sum(unit * unit for unit in units))


def outcome_of(before, after, coached, chosen):
    """Measure one coached agent as the job does, the other coached ones and the peers around."""
    rows = zip(before, after, coached, strict=True)
    sums = [Sums(side(pre), side(post), is_coached=bool(flag)) for pre, post, flag in rows]
    own = sums.pop(chosen)
    return measure(inputs_of(own, sums, covers=True))


def three_steps(random, ability, n):
    """Score a criterion of 0, 50 and 100 for agents of an ability."""
    top = np.clip(ability / 100 - 0.15, 0.02, 0.98)[:, None]
    middle = np.minimum(0.3, 1 - top)
    u = random.random((ability.size, n))
    return np.where(u < top, 100.0, np.where(u < top + middle, 50.0, 0.0))


def lowest(before):
    coached = np.zeros(len(before), dtype=bool)
    coached[np.argsort(before.mean(axis=1), kind="stable")[:COACHED]] = True
    return coached


def upper_limit(count, of):
    """The exact (Clopper–Pearson) upper 99 % limit of a share."""
    return 1.0 if count == of else float(betaincinv(count + 1, of - count, 0.99))


def naive_claim(pre, post):
    """Say improved as most tools would: both sides' own means, a t interval, nothing else."""
    variance = pre.var(ddof=1) / pre.size + post.var(ddof=1) / post.size
    return post.mean() - pre.mean() > stdtrit(pre.size + post.size - 2, 0.975) * np.sqrt(variance)


def together(found):
    """Pool plans of different times by six, as the coaching report does with those of one skill."""
    groups = [found[place : place + TOGETHER] for place in range(0, len(found) - TOGETHER + 1, TOGETHER)]
    return [
        pooled_effects(
            [one.effect for one in group],
            own=[one.se**2 - one.shift_variance for one in group],
            shift_variance=[one.shift_variance for one in group],
        )
        for group in groups
    ]


def test_chance_alone_is_called_improved_in_less_than_five_of_a_hundred_plans(record_property):
    random = np.random.default_rng(seed())
    claims, naive, rose, plans = [], [], [], []
    for _ in range(WORLDS):
        ability = random.normal(78, 8, AGENTS)
        before, after = three_steps(random, ability, BEFORE), three_steps(random, ability, AFTER)
        coached = lowest(before)
        chosen = int(random.choice(np.flatnonzero(coached)))
        found = outcome_of(before, after, coached, chosen)
        claims.append(found.verdict == "improved")
        naive.append(naive_claim(before[chosen], after[chosen]))
        rose.append((found.observed or 0) > 0)
        plans.append(found)

    limit = upper_limit(sum(claims), WORLDS)
    groups = [one.lo > 0 for one in together(plans)]
    record_property(
        "figures",
        f"no effect, {WORLDS} worlds, seed {seed()}: improved {np.mean(claims):.2%} (upper 99 % {limit:.2%}); "
        f"naive before/after {np.mean(naive):.2%}; rose {np.mean(rose):.0%}; six plans together {np.mean(groups):.2%}",
    )
    assert limit <= 0.05
    assert upper_limit(sum(groups), len(groups)) <= 0.05
    assert np.mean(rose) > 0.6  # the trap is there: what was picked when low rises by itself


def test_the_interval_covers_a_planted_effect(record_property):
    random = np.random.default_rng(seed() + 1)
    covered, found = [], []
    for _ in range(WORLDS):
        ability = random.normal(75, 8, AGENTS)
        before = ability[:, None] + random.normal(0, 18, (AGENTS, BEFORE))
        coached = lowest(before)
        after = ability[:, None] + 12 * coached[:, None] + random.normal(0, 18, (AGENTS, AFTER))
        one = outcome_of(before, after, coached, int(random.choice(np.flatnonzero(coached))))
        assert one.low is not None and one.high is not None  # noqa: PT018
        covered.append(one.low <= 12 <= one.high)
        found.append(one)

    groups = [one.lo <= 12 <= one.hi for one in together(found)]
    record_property(
        "figures",
        f"+12 planted, {WORLDS} worlds, seed {seed() + 1}: covered {np.mean(covered):.2%}, mean effect "
        f"{np.mean([one.effect for one in found]):+.2f}; six plans together covered {np.mean(groups):.2%}",
    )
    assert 0.92 <= np.mean(covered) <= 0.98
    # Of 333 groups; wider than one plan's, since a shared shift is allowed for that these worlds do not have.
    assert 0.92 <= np.mean(groups) <= 1.0
