"""Every public function, with whatever a workspace can hold: no exception, no number that is none, and a reason.

A seeded walk, the same every time. A function that is exported and stands in no line below fails the first test.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import stats
from tests.stats.test_no_surprises import broken_numbers

ROUNDS, FEW = 60, 8  # a severity takes its time
Dice = random.Random


def score(dice: Dice) -> float:
    return dice.choice([0.0, 100.0, 50.0, 1e-4, 66.6667, round(dice.uniform(0, 100), 4)])


def scores(dice: Dice, count: int | None = None) -> list[float]:
    return [score(dice) for _ in range(dice.choice([0, 0, 1, 1, 2, 3, 8]) if count is None else count)]


def perhaps(dice: Dice, count: int) -> list[float | None]:
    return [dice.choice([None, score(dice)]) for _ in range(count)]


def some(dice: Dice, among: list[Any], count: int) -> list[Any]:
    return [dice.choice(among) for _ in range(count)]


def variance(dice: Dice) -> float | None:
    return dice.choice([None, 0.0, 1e-13, 1e-300, 450.0, 2500.0])


SIZES = [0, 1, 2, 5, 80, 10**9, 0.001, 3.7]
LEVELS: list[Any] = ["nominal", "ordinal", "interval", "ratio"]
WEIGHTS: list[Any] = ["identity", "ordinal", "linear", "quadratic"]


def weeks(dice: Dice) -> list[stats.StratumMoments]:
    held = [scores(dice) for _ in range(dice.randint(0, 5))]
    return [stats.StratumMoments(dice.choice([0, len(y), len(y) + 1, 80, 10**7]), stats.moments(y)) for y in held]


def matrix(dice: Dice) -> list[list[float | None]]:
    units = dice.choice([0, 1, 2, 5])
    return [perhaps(dice, units) for _ in range(dice.choice([0, 1, 2, 3]))]


def work(dice: Dice) -> dict[str, list[Any]]:
    """Return reviews of agents by reviewers, who may be few, apart from one another, or one alone."""
    count = dice.choice([0, 1, 2, 6, 12])
    who = {"agent": some(dice, [0, 1, 2], count), "reviewer": some(dice, [0, 0, 1, 2], count)}
    dense = {name: [sorted(set(ids)).index(one) for one in ids] for name, ids in who.items()}
    return {**dense, "y": scores(dice, count)}


def both(dice: Dice) -> dict[str, Any]:
    made = work(dice)
    return {name: made[name] for name in ("agent", "reviewer")}


def strictness(dice: Dice) -> dict[str, Any]:
    given = {"var_agent": dice.choice([0.0, 64.0]), "var_residual": dice.choice([0.0, 1e-12, 324.0])}
    made = work(dice)
    shared = [{"reviewers": [0, 1], "scores": scores(dice, 2)}] if 1 in made["reviewer"] else []
    return {**made, **given, "calibration": shared, "var_w": dice.choice([None, 0.0, 9.0])}


def coached(dice: Dice) -> dict[str, Any]:
    count = dice.choice([0, 1, 2, 4, 9])
    pre, post = some(dice, [0, 1, 3, 10], count), some(dice, [0, 1, 5], count)
    means = [[score(dice) if n else None for n in counts] for counts in (pre, post)]
    given = {"pre_mean": means[0], "pre_n": pre, "post_mean": means[1], "post_n": post}
    return {**given, "coached": some(dice, [True, False], count), "sigma2": variance(dice)}


def cells(dice: Dice) -> list[Any]:
    return [
        {"assigned": n, "reviewed": dice.randint(0, n), "mean": dice.choice([None, score(dice)])}
        for n in some(dice, [0, 1, 4, 9], dice.randint(0, 5))
    ]


def pool(dice: Dice) -> tuple[list[float | None], list[float], list[float | None]]:
    count = dice.choice([0, 1, 2, 6])
    return perhaps(dice, count), some(dice, SIZES, count), [variance(dice) for _ in range(count)]


def drawn(dice: Dice) -> tuple[list[float], list[float], float | None]:
    y = scores(dice)
    return y, some(dice, [1.0, 0.5, 0.01, 1e-12], len(y)), dice.choice([None, len(y), len(y) + 1, 80, 10**9])


def means_and_intervals(dice: Dice) -> Iterator[tuple[str, Callable[[], Any]]]:
    y, pi, N = drawn(dice)
    own, v, strata = stats.moments(y), variance(dice), weeks(dice)
    whole, x = None if N is None else int(N), dice.randint(0, 4)
    yield "moments", lambda: own
    yield "merge", lambda: stats.merge([y, [], y])
    units = [round(one * 10_000) for one in y]
    yield (
        "moments_from_sums",
        lambda: stats.moments_from_sums(len(y), total=sum(units), squares=sum(u * u for u in units)),
    )
    yield "srs_mean", lambda: stats.srs_mean(y, N=whole)
    yield "hajek", lambda: stats.hajek(y, pi=pi)
    yield "hajek_score_interval", lambda: stats.hajek_score_interval(y, pi=pi, v_team=v, N=N)
    yield "hajek_pass_rate", lambda: stats.hajek_pass_rate([one > 50 for one in y], pi=pi)
    yield "difference_mean", lambda: stats.difference_mean(y * 10, x=scores(dice, len(y) * 10), x_all=y * 11)
    yield "score_interval", lambda: stats.score_interval(own.n, ybar=own.mean, s2=own.s2, v_team=v, N=N)
    yield "rolling_score_interval", lambda: stats.rolling_score_interval(strata, v_team=v)
    yield "rolling_mean", lambda: stats.rolling_mean(strata, v_pool=v)
    yield "stratified_moments", lambda: stats.stratified_moments(strata, v_pool=v)
    yield "stratified_mean", lambda: stats.stratified_mean([{"N": len(y) + 3, "y": y}, {"N": 0, "y": []}], v_pool=v)
    yield "merge_empty", lambda: stats.merge_empty(strata)
    yield "effective_sums", lambda: stats.effective_sums([(float(one.N), one.moments.n, 50.0) for one in strata])
    yield "sd_interval", lambda: stats.sd_interval(stats.PooledVariance(v, dice.choice(SIZES[1:])))
    yield "wilson", lambda: stats.wilson(x, n=x + 1, N=dice.choice([None, x + 1, x + 1.5, 10**9]))
    yield "median_interval", lambda: stats.median_interval(y)


def pools_and_charts(dice: Dice) -> Iterator[tuple[str, Callable[[], Any]]]:
    mean, n, V = pool(dice)
    v, z = variance(dice), [None if one is None else (one - 80) / 20 for one in mean]
    whole = [int(size) % 1000 for size in n]
    yield "hier_normal", lambda: stats.hier_normal(mean, V=V)
    yield "hier_prob_below", lambda: stats.hier_prob_below(mean, V=V, target=70)
    yield (
        "hier_binom",
        lambda: stats.hier_binom([size // 2 for size in whole], n=whole, target=dice.choice([0, 0.5, 1])),
    )
    yield "trigger_probability", lambda: stats.trigger_probability(mean, n_eff=n, sigma2=v, target=70)
    yield "pooled_var", lambda: stats.pooled_var(n, s2=V)
    yield "decayed", lambda: stats.decayed(n, sum_y=[size * 50.0 or None for size in n])
    yield "ewma", lambda: stats.ewma(z)
    yield "ewma_alarm", lambda: stats.ewma_alarm(mean, n=n, mu=80.0, sd=dice.choice([0.0, 4.0]), v=v or 0.0)
    yield "cusum_down", lambda: stats.cusum_down(z)
    yield "why_not_enough", lambda: stats.why_not_enough(dice.choice(SIZES), recent_reviews=len(n), agents=len(n))
    p = [one and one / 100 for one in mean]
    yield "plan_path", lambda: stats.plan_path(p, ok=[one is not None for one in p])
    for step in (stats.plan_ended, stats.plan_started, stats.plan_withheld):
        yield step.__name__, lambda step=step: step(stats.PlanState())  # type: ignore[misc]
    yield "plan_step", lambda: stats.plan_step(stats.PlanState(), p=p[0] if p else None, ok=bool(p))


def agreement_and_severity(dice: Dice) -> Iterator[tuple[str, Callable[[], Any]]]:
    m, reviews = matrix(dice), work(dice)
    yield "krippendorff_alpha", lambda: stats.krippendorff_alpha(m, level=dice.choice(LEVELS))
    yield "alpha_jackknife", lambda: stats.alpha_jackknife(m, level=dice.choice(LEVELS))
    yield "gwet", lambda: stats.gwet(m, weights=dice.choice(WEIGHTS))
    yield "icc", lambda: stats.icc(m)
    yield "pairwise_agreement", lambda: stats.pairwise_agreement(m, tol=5)
    yield "benchmark_deviation", lambda: stats.benchmark_deviation(*(m[:1] or [[]]), benchmark=(m[:1] or [[]])[0])
    yield "reliability", lambda: stats.reliability(dice.choice([None, -1.0, 0.5, 1.0]))
    yield "agreement_shown", lambda: stats.agreement_shown(len(m), binary=True)
    yield "blup", lambda: stats.blup(**reviews, var=(dice.choice([0.0, 64.0]), dice.choice([0.0, 25.0]), 324.0))
    yield "reml", lambda: stats.reml(**reviews)
    yield "posterior", lambda: stats.posterior(**strictness(dice))
    yield "severity_by_group", lambda: stats.severity_by_group(**strictness(dice))
    yield "components", lambda: stats.components(**both(dice))
    yield "comparable", lambda: stats.comparable(**both(dice))
    yield "calib_var", lambda: stats.calib_var([{"reviewers": [0, 1], "scores": scores(dice, 2)}], n_reviewers=2)


def coaching_and_sizes(dice: Dice) -> Iterator[tuple[str, Callable[[], Any]]]:
    y, pi, _N = drawn(dice)
    E, S, N, share = dice.choice([-3.0, 0.0, 1e-9, 0.05, 5.0, 500.0]), dice.choice([0.0, 21.0]), len(y), dice.random()
    n, held, small = some(dice, SIZES, N), some(dice, SIZES, N), some(dice, [0.0, 2.0], N)
    yield "coaching_effect", lambda: stats.coaching_effect(**coached(dice))
    yield "expected_rtm", lambda: stats.expected_rtm(*(y[:1] or [None]), mu=78, tau2=S, sigma2=S * E * E, n=N)  # type: ignore[arg-type]
    yield "tau2_dl", lambda: stats.tau2_dl(y, V=[1 + one for one in small])
    yield (
        "sufficiency",
        lambda: stats.sufficiency(N, post_n=N, peers=10 * N, peer_counts_ok=True, baseline_covers_selection_data=N > 1),
    )
    yield "verdict", lambda: stats.verdict(dice.choice([None, -1.0, 1.0]), shown=stats.sufficiency(
        9, post_n=9, peers=N, peer_counts_ok=True, baseline_covers_selection_data=True
    ))  # fmt: skip
    yield (
        "further_reviews",
        lambda: stats.further_reviews(
            E, post_n=N, sigma2=S, baseline_variance=S, level_factor=1.0, omega2=0.0, shift_variance=sum(small)
        ),
    )
    yield "pooled_effects", lambda: stats.pooled_effects(y, own=small, shift_variance=small)
    both_se = dice.choice([None, 0.0, 3.0])
    yield "period_difference", lambda: stats.period_difference(
        *(y[:1] or [None]), first_se=both_se, second=50.0, second_se=both_se  # type: ignore[arg-type]
    )  # fmt: skip
    yield "prob_above", lambda: stats.prob_above(50.0, sd=S, other_mean=score(dice), other_sd=S)
    yield "cannot_tell_apart", lambda: stats.cannot_tell_apart(y, sd=small)
    yield "nonresponse_adjust", lambda: stats.nonresponse_adjust(cells(dice))
    yield "merge_classes", lambda: stats.merge_classes(cells(dice))
    classes = [stats.WeightedClass(2, 1, 6.0, 3.0, 3.0, 3.0 * one) for one in y]
    yield "class_adjusted_mean", lambda: stats.class_adjusted_mean(classes)
    yield "n_for_mean", lambda: stats.n_for_mean(E, S=S, N=dice.choice([None, 0, 1, 10**9]), resp=share)
    yield "n_for_rate", lambda: stats.n_for_rate(E, p=share, N=dice.choice([None, 0, 1, 80]))
    yield "n_two_means", lambda: stats.n_two_means(E, S=S, power=share)
    yield (
        "mean_half_width",
        lambda: stats.mean_half_width(dice.choice(SIZES), S=S, N=dice.choice([None, 0, 80]), d0=8.0),
    )
    yield "stratified_half_width", lambda: stats.stratified_half_width(n, N=held, S=S, d0=dice.choice([0.0, 8.0]))
    yield "hajek_half_width", lambda: stats.hajek_half_width(pi, N=held, S=S, resp=share)


AREAS = [means_and_intervals, pools_and_charts, agreement_and_severity, coaching_and_sizes]


def test_no_public_function_is_left_out() -> None:
    asked = {name for area in AREAS for name, _call in area(Dice(0))}

    public = {name for name in stats.__all__ if inspect.isfunction(getattr(stats, name))}
    assert (public - asked, asked - public) == (set(), set())


@pytest.mark.parametrize("area", AREAS)
def test_every_function_answers_with_numbers_or_a_reason(area: Callable[..., Any]) -> None:
    dice = Dice(20271)
    for _ in range(FEW if area is agreement_and_severity else ROUNDS):
        for name, call in area(dice):
            answer = call()
            assert broken_numbers(answer) == [], name
            why_not = getattr(answer, "reason", "")
            if why_not is None:
                assert None not in vars_of(answer, "mean", "alpha", "effect", "p", "v"), name


def vars_of(answer: Any, *names: str) -> list[Any]:
    return [getattr(answer, name) for name in names if hasattr(answer, name)]
