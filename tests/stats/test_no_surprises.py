"""Whatever a user's data are, every function answers, and no answer holds a number that is none."""

from __future__ import annotations

import dataclasses
import math

from hypothesis import given
from hypothesis import strategies as st

import stats

SCORE = st.one_of(st.sampled_from([0.0, 50.0, 100.0]), st.floats(0, 100))
SCORES = st.lists(SCORE, max_size=6)
VARIANCE = st.one_of(st.none(), st.sampled_from([0.0, 450.0, 2500.0]))
WEEKS = st.lists(st.tuples(st.integers(0, 4), SCORE), max_size=8)


def broken_numbers(answer):
    if dataclasses.is_dataclass(answer):
        return [bad for field in dataclasses.fields(answer) for bad in broken_numbers(getattr(answer, field.name))]
    if isinstance(answer, list | tuple):
        return [bad for item in answer for bad in broken_numbers(item)]
    return [answer] if isinstance(answer, float) and not math.isfinite(answer) else []


@given(
    y=SCORES,
    rates=st.lists(st.sampled_from([0.01, 0.5, 1.0]), min_size=6, max_size=6),
    v=VARIANCE,
    extra=st.one_of(st.none(), st.integers(-2, 50)),
)
def test_means_and_intervals_always_answer(y, rates, v, extra):
    N = None if extra is None else max(0, len(y) + extra)
    own, pi = stats.moments(y), rates[: len(y)]

    answers = [
        stats.srs_mean(y, N=N),
        stats.hajek(y, pi=pi),
        stats.hajek_score_interval(y, pi=pi, v_team=v, N=N),
        stats.hajek_pass_rate([score > 50 for score in y], pi=pi),
        stats.score_interval(own.n, ybar=own.mean, s2=own.s2, v_team=v, N=N),
        stats.wilson(sum(score > 50 for score in y), n=len(y), N=N),
        stats.merge([y, y[:1], []]),
    ]

    assert broken_numbers(answers) == []


@given(strata=st.lists(st.tuples(st.integers(0, 20), SCORES), max_size=5), v=VARIANCE)
def test_strata_always_answer(strata, v):
    held = [{"N": N, "y": y} for N, y in strata]
    weeks = [stats.StratumMoments(N, stats.moments(y)) for N, y in strata]

    answers = [stats.stratified_mean(held, v_pool=v), stats.rolling_mean(weeks, v_pool=v)]

    assert broken_numbers(answers) == []


@given(
    agents=st.lists(st.tuples(st.one_of(st.none(), SCORE), st.sampled_from([0.0, 0.001, 1.0, 6.0, 900.0])), max_size=6),
    v=VARIANCE,
    target=st.sampled_from([0.0, 50.0, 100.0]),
)
def test_pools_of_any_size_always_answer(agents, v, target):
    means, sizes = [mean for mean, _ in agents], [size for _, size in agents]
    V = [v / size if v is not None and size else None for size in sizes]

    answers = [
        stats.hier_normal(means, V=V),
        stats.hier_prob_below(means, V=V, target=target),
        stats.trigger_probability(means, n_eff=sizes, sigma2=v, target=target),
        stats.pooled_var(sizes, s2=[v] * len(sizes)),
    ]

    assert broken_numbers(answers) == []


@given(
    counts=st.lists(st.integers(0, 3).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=5),
    target=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_pass_rates_always_answer(counts, target):
    answer = stats.hier_binom([x for x, _ in counts], n=[n for _, n in counts], target=target)

    assert broken_numbers(answer) == []


@given(weeks=WEEKS, v=st.sampled_from([0.0, 450.0]), sd=st.sampled_from([0.0, 4.0]))
def test_charts_always_answer(weeks, v, sd):
    n, ybar = [count for count, _ in weeks], [score if count else None for count, score in weeks]
    z = [None if score is None else (score - 80) / 20 for score in ybar]

    answers = [
        stats.decayed(n, sum_y=[count * score for count, score in weeks]),
        stats.ewma(z),
        stats.ewma_alarm(ybar, n=n, mu=80.0, sd=sd, v=v),
        stats.cusum_down(z),
    ]

    assert broken_numbers(answers) == []


@st.composite
def response_cell(draw):
    assigned = draw(st.integers(0, 8))
    mean = draw(st.one_of(st.none(), SCORE))
    return {"assigned": assigned, "reviewed": draw(st.integers(0, assigned)), "mean": mean}


@given(cells=st.lists(response_cell(), max_size=5))
def test_nonresponse_always_answers(cells):
    answers = [stats.nonresponse_adjust(cells), stats.nonresponse_adjust(stats.merge_classes(cells))]
    answers.append(
        stats.class_adjusted_mean(
            [
                stats.WeightedClass(
                    one["assigned"], one["reviewed"], one["assigned"] * 3.0, one["reviewed"] * 3.0,
                    one["reviewed"] * 3.0, one["reviewed"] * 3.0 * (one["mean"] or 0.0),
                )
                for one in cells
            ]
        )
    )  # fmt: skip

    assert broken_numbers(answers) == []


@given(
    E=st.sampled_from([0.0, 1e-9, 0.05, 0.5, 5.0, 500.0]),
    S=st.sampled_from([0.0, 21.0, 50.0]),
    N=st.one_of(st.none(), st.integers(0, 100)),
    share=st.sampled_from([0.0, 0.5, 0.8, 1.0]),
)
def test_the_calculator_always_answers(E, S, N, share):
    answers = [stats.n_for_mean(E, S=S, N=N, resp=share), stats.n_for_rate(E, p=share, N=N)]
    answers.append(stats.n_two_means(E, S=S, power=share))
    answers.append(stats.hajek_half_width([share, 0.2], N=[N or 0, 3], S=S, resp=share))

    assert broken_numbers(answers) == []
