"""Agreement: published anchors, properties, and the rules on when there is no number (statistics.md 2)."""

from __future__ import annotations

import dataclasses
import math

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats import agreement, alpha

LEVELS = ["nominal", "ordinal", "interval", "ratio"]
N = None
# Krippendorff (2011): four observers, twelve units. Alpha as published, for each level.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]
# Shrout and Fleiss (1979): six targets, four judges.
JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


@st.composite
def matrices(draw, values=(1.0, 2.0, 3.0, 4.0), *, raters=4, units=8):
    columns, rows = draw(st.integers(0, units)), draw(st.integers(0, raters))
    entry = st.one_of(st.none(), st.sampled_from(values))
    return draw(st.lists(st.lists(entry, min_size=columns, max_size=columns), min_size=rows, max_size=rows))


any_matrix = st.one_of(matrices(), matrices((0.0, 100.0)), matrices((0.0, 62.5, 1e-300, 99.9999, 100.0)))


def by_hand(matrix, *, level):
    """Alpha by its definition, pair by pair."""
    units = [[value for value in column if value is not None] for column in zip(*matrix, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    ratings = sorted(value for unit in units for value in unit)

    def squared(c, k):
        low, high = sorted((c, k))
        if level == "nominal":
            return float(c != k)
        if level == "ordinal":
            between = sum(low <= value <= high for value in ratings)
            return (between - (ratings.count(c) + ratings.count(k)) / 2) ** 2 if c != k else 0.0
        return (c - k) ** 2 if level == "interval" else ((c - k) / (c + k)) ** 2 if c + k else 0.0

    observed = sum(squared(c, k) / (len(unit) - 1) for unit in units for c in unit for k in unit)
    expected = sum(squared(c, k) for c in ratings for k in ratings)
    return None if expected == 0 else 1 - (len(ratings) - 1) * observed / expected


def without_unit(matrix, unit):
    return [[value for column, value in enumerate(row) if column != unit] for row in matrix]


def numbers(answer):
    return [value for value in dataclasses.astuple(answer) if isinstance(value, float)]


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_the_published_example(level, published):
    answer = agreement.krippendorff_alpha(OBSERVERS, level=level)

    assert (round(answer.alpha, 3), answer.n, answer.reason) == (published, 11, None)


@given(matrix=any_matrix, level=st.sampled_from(LEVELS))
def test_alpha_is_what_its_definition_says(matrix, level):
    answer = agreement.krippendorff_alpha(matrix, level=level)

    expected = by_hand([[v if v is None else round(v, 9) for v in row] for row in matrix], level=level)
    assert answer.alpha == (None if expected is None else pytest.approx(expected, abs=1e-9))


@given(matrix=matrices(), level=st.sampled_from(LEVELS), order=st.randoms(use_true_random=False))
def test_alpha_ignores_the_order_of_raters_and_units(matrix, level, order):
    units = list(range(len(matrix[0]) if matrix else 0))
    order.shuffle(units)
    shuffled = [[row[unit] for unit in units] for row in matrix]
    order.shuffle(shuffled)

    answers = [agreement.alpha_jackknife(one, level=level) for one in (matrix, shuffled)]

    assert numbers(answers[0]) == pytest.approx(numbers(answers[1]), abs=1e-9)
    assert answers[0].reason == answers[1].reason


@given(matrix=matrices(), names=st.permutations([7.0, 0.0, 3.0, 100.0]))
def test_nominal_alpha_ignores_what_the_categories_are_called(matrix, names):
    renamed = [[None if value is None else names[int(value) - 1] for value in row] for row in matrix]

    answers = [agreement.krippendorff_alpha(one, level="nominal") for one in (matrix, renamed)]

    assert answers[1] == dataclasses.replace(answers[0], alpha=pytest.approx(answers[0].alpha, abs=1e-12))


@given(matrix=matrices(), shift=st.sampled_from([-3.0, 0.0, 50.0]), scale=st.sampled_from([-2.0, 0.5, 20.0]))
def test_interval_alpha_ignores_the_unit_of_the_scale(matrix, shift, scale):
    moved = [[None if value is None else shift + scale * value for value in row] for row in matrix]

    answers = [agreement.alpha_jackknife(one, level="interval") for one in (matrix, moved)]

    assert numbers(answers[0]) == pytest.approx(numbers(answers[1]), abs=1e-9)


@given(matrix=matrices(), level=st.sampled_from(LEVELS), lone=st.sampled_from([1.0, 9.0]))
def test_units_with_one_rating_change_nothing(matrix, level, lone):
    longer = [[*row, lone if number == 0 else None] for number, row in enumerate(matrix)]

    answers = [agreement.alpha_jackknife(one, level=level) for one in (matrix, longer)]

    assert answers[0] == answers[1]
    assert agreement.pairwise_agreement(matrix) == agreement.pairwise_agreement(longer)


@given(matrix=matrices((3.0,)), level=st.sampled_from(LEVELS), lone=st.sampled_from([3.0, 5.0]))
def test_alpha_is_never_a_number_when_all_pairable_values_are_equal(matrix, level, lone):
    longer = [[*row, lone if number == 0 else None] for number, row in enumerate(matrix)]

    answer = agreement.krippendorff_alpha(longer, level=level)

    assert (answer.alpha, answer.reason) == (None, "no_variation" if answer.n else "no_pairs")


@pytest.mark.parametrize("matrix", [[], [[]], [[], []], [[1, 2, 3]], [[1, None], [None, 2]], [[math.nan], [1]]])
def test_without_a_pair_every_measure_says_so(matrix):
    answers = [
        agreement.krippendorff_alpha(matrix, level="nominal").reason,
        agreement.alpha_jackknife(matrix, level="nominal").reason,
        agreement.gwet(matrix, weights="identity").reason,
        agreement.pairwise_agreement(matrix),
    ]

    assert answers == ["no_pairs", "no_pairs", "no_pairs", None]


@given(matrix=any_matrix, level=st.sampled_from(LEVELS))
def test_the_jackknife_leaves_out_one_unit_at_a_time(matrix, level):
    answer = agreement.alpha_jackknife(matrix, level=level)

    paired = [u for u in range(len(matrix[0]) if matrix else 0) if sum(row[u] is not None for row in matrix) > 1]
    without = [agreement.krippendorff_alpha(without_unit(matrix, unit), level=level).alpha for unit in paired]
    if answer.alpha is None or None in without:
        assert (answer.se, answer.lo, answer.hi) == (None, None, None)
        assert answer.reason in ("no_pairs", "no_variation", "rests_on_one_unit")
    else:
        spread = (len(paired) - 1) / len(paired) * sum((a - np.mean(without)) ** 2 for a in without)
        assert answer.se == pytest.approx(math.sqrt(spread), abs=1e-8)
        assert answer.lo <= answer.alpha <= answer.hi <= 1


@pytest.mark.parametrize("level", LEVELS)
def test_our_alpha_for_large_tables_is_that_of_the_package(level):
    random = np.random.default_rng(7)
    ratings = np.round(random.normal(70, 15, 80) + random.normal(0, 8, (3, 80)))
    table = alpha.tabulate(ratings.T.tolist())

    ours = alpha._alphas(table, level=level, kept=np.ones((1, 80)))

    assert ours[0] == pytest.approx(krippendorff.alpha(ratings, level_of_measurement=level), abs=1e-12)


def test_totals_of_a_large_workspace_need_little_memory():
    random = np.random.default_rng(8)
    ratings = np.round(random.normal(70, 15, 700) + random.normal(0, 8, (2, 700)), 4)

    answer = agreement.alpha_jackknife(ratings.tolist(), level="interval")

    assert (answer.n, round(answer.alpha, 2), answer.reason) == (700, 0.77, None)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: agreement.krippendorff_alpha([[1], [1, 2]], level="nominal"),
        lambda: agreement.krippendorff_alpha([[1], [2]], level="cardinal"),
        lambda: agreement.gwet([[1], [2]], weights="cubic"),
        lambda: agreement.icc([[1, 2], [1]]),
        lambda: agreement.benchmark_deviation([1, 2], benchmark=[1]),
    ],
)
def test_a_caller_s_mistake_raises(wrong):
    with pytest.raises(ValueError):
        wrong()


def test_gwet_stays_high_where_one_value_dominates():
    matrix = [[1] * 18 + [0, 1], [1] * 18 + [1, 0]]

    ac1 = agreement.gwet(matrix, weights="identity")

    assert ac1.coefficient == pytest.approx((0.9 - 0.095) / (1 - 0.095))
    assert agreement.krippendorff_alpha(matrix, level="nominal").alpha < 0


def test_declared_categories_count_though_nobody_chose_them():
    matrix = [[1, 1, 1], [1, 1, 1]]

    undeclared = agreement.gwet(matrix, weights="identity")
    declared = agreement.gwet(matrix, weights="identity", categories=[0, 1])

    assert (undeclared.coefficient, undeclared.reason) == (None, "one_category")
    assert (declared.coefficient, declared.pe, declared.se, declared.reason) == (1.0, 0.0, 0.0, None)


def test_gwet_of_a_single_unit_has_no_interval():
    answer = agreement.gwet([[1], [2]], weights="identity")

    assert (answer.pa, answer.pe, answer.coefficient) == (0.0, 0.5, -1.0)
    assert (answer.se, answer.lo, answer.hi, answer.reason) == (None, None, None, "one_unit")


@pytest.mark.parametrize(
    ("weights", "between"),
    [("identity", 0.0), ("linear", 2 / 3), ("quadratic", 8 / 9), ("ordinal", 5 / 6)],
)
def test_weights_of_neighbours_on_a_four_point_scale(weights, between):
    answer = agreement.gwet([[1], [2]], weights=weights, categories=[1, 2, 3, 4])

    assert answer.pa == pytest.approx(between)


def test_icc_of_the_published_example():
    answer = agreement.icc(JUDGES)

    assert (round(answer.icc21, 2), round(answer.icc2k, 2)) == (0.29, 0.62)


@pytest.mark.parametrize(
    ("matrix", "reason"),
    [
        ([], "too_few"),
        ([[]], "too_few"),
        ([[1, 2]], "too_few"),
        ([[1], [2]], "too_few"),
        ([[1, 2], [3, None]], "incomplete"),
        ([[70, 70], [70, 70]], "no_variation"),
        ([[70, 80], [70, 80]], "no_variation"),
    ],
)
def test_icc_says_why_there_is_none(matrix, reason):
    answer = agreement.icc(matrix)

    assert (answer.icc21, answer.icc2k, answer.reason) == (None, None, reason)


def test_icc_of_raters_who_never_differ_is_one():
    answer = agreement.icc([[70.1, 70.1, 70.1], [80.3, 80.3, 80.3]])

    assert numbers(answer) == pytest.approx([1.0] * 6)


@given(matrix=st.integers(0, 4).flatmap(lambda k: st.lists(st.lists(st.floats(0, 100), min_size=k, max_size=k))))
def test_icc_always_answers(matrix):
    answer = agreement.icc(matrix)

    assert [value for value in numbers(answer) if not math.isfinite(value)] == []
    assert (None in dataclasses.astuple(answer)[1:7]) == (answer.reason is not None)


@given(matrix=any_matrix, weights=st.sampled_from(["identity", "ordinal", "linear", "quadratic"]))
def test_every_measure_always_answers(matrix, weights):
    answers = [agreement.gwet(matrix, weights=weights), *(agreement.alpha_jackknife(matrix, level=x) for x in LEVELS)]

    assert [value for answer in answers for value in numbers(answer) if not math.isfinite(value)] == []


def test_within_five_points_includes_exactly_five():
    matrix = [[72.3, 0.1, 90], [77.3, 5.1, 96]]

    shares = (agreement.pairwise_agreement(matrix, tol=5), agreement.pairwise_agreement(matrix))

    assert shares == (2 / 3, 0)


def test_every_unit_counts_alike_in_pairwise_agreement():
    matrix = [[1, 1], [1, 2], [1, None], [1, None]]

    share = agreement.pairwise_agreement(matrix)

    assert share == 0.5


def test_deviation_from_the_benchmark_needs_two_scores_for_an_interval():
    nothing = agreement.benchmark_deviation([80, None], benchmark=[None, 70])
    one = agreement.benchmark_deviation([80], benchmark=[85])

    assert nothing == agreement.BenchmarkDeviation(0, reason="no_pairs")
    assert one == agreement.BenchmarkDeviation(1, -5.0, None, None, 5.0, 5.0, 0.0, "one_score")


@pytest.mark.parametrize(
    ("units", "binary", "shown"),
    [
        (0, False, "exact_only"),
        (9, False, "exact_only"),
        (10, False, "rough"),
        (19, False, "rough"),
        (20, False, "full"),
        (39, True, "rough"),
        (40, True, "full"),
    ],
)
def test_how_much_may_be_shown(units, binary, shown):
    assert agreement.agreement_shown(units, binary=binary) == shown


@pytest.mark.parametrize(
    ("lo", "word"),
    [(None, None), (0.8, "reliable"), (0.799, "tentative"), (0.667, "tentative"), (0.666, "not_reliable")],
)
def test_the_word_rests_on_the_lower_limit(lo, word):
    assert agreement.reliability(lo) == word


@pytest.mark.slow
def test_the_jackknife_interval_covers_at_forty_units():
    random = np.random.default_rng(20264)

    def score_units(n):
        ratings = random.normal(75, 12, n) + random.normal(0, 8, (3, n))
        missing = random.random(ratings.shape) < 0.1
        rows = zip(ratings, missing, strict=True)
        return [[None if gone else value for value, gone in zip(*row, strict=True)] for row in rows]

    truth = 12**2 / (12**2 + 8**2)
    answers = [agreement.alpha_jackknife(score_units(40), level="interval") for _ in range(1_500)]

    covered = np.mean([answer.lo <= truth <= answer.hi for answer in answers])
    assert 0.90 <= covered <= 0.98
