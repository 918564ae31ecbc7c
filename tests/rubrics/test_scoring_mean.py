"""Rules 4 to 6 of the truth table: the weighted mean, N/A and coverage, bonus and penalty.

One test for every rule of product.md §3, with numbers worked out by hand.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from rubrics.card import (
    AnswerCondition,
    Card,
    Criterion,
    Kind,
    NotApplicablePolicy,
    Section,
    Visibility,
)
from rubrics.scoring import Answer, Outcome, score
from tests.rubrics.cards import (
    bonus,
    contribution,
    criterion,
    given,
    pooled,
    sectioned,
)

# Rule 4: the weighted mean


def test_pooled_is_the_weighted_mean_of_all_scored_answers():
    card = Card(
        sections=(
            Section(lineage="s1", weight=Decimal(90), criteria=(criterion("a", 10), criterion("b", 25))),
            Section(lineage="s2", weight=Decimal(10), criteria=(criterion("c", 60),)),
        )
    )

    result = score(card, given(a="yes", b="partly", c="yes"))

    assert result.raw_score == Decimal("86.8421")  # 82.5 / 95


def test_sectioned_is_the_weighted_mean_of_the_sections_means():
    card = sectioned((60, criterion("a", 10), criterion("b", 30)), (40, criterion("c", 99)))

    result = score(card, given(a="yes", b="partly", c="no"))

    assert [part.score for part in result.sections] == [Decimal("62.5000"), Decimal("0.0000")]
    assert result.raw_score == Decimal("37.5000")  # (60 × 0.625 + 40 × 0) / 100


def test_a_section_without_a_scored_answer_gives_its_weight_to_the_others():
    card = sectioned((60, criterion("a")), (30, criterion("b")), (10, criterion("c")))

    result = score(card, given(a="yes", b="n/a", c="no"))

    assert result.raw_score == Decimal("85.7143")  # 60 / 70
    assert [part.score for part in result.sections] == [Decimal("100.0000"), None, Decimal("0.0000")]


# Rule 5: N/A, null and coverage


def test_not_applicable_leaves_the_score_by_default():
    card = pooled(criterion("a", 10), criterion("b", 30))

    result = score(card, given(a="partly", b="n/a"))

    assert (result.raw_score, result.coverage) == (Decimal("50.0000"), Decimal("0.2500"))


def test_not_applicable_can_count_in_full():
    card = pooled(criterion("a", 10), criterion("b", 30, not_applicable=NotApplicablePolicy.FULL))

    result = score(card, given(a="partly", b="n/a"))

    assert (result.raw_score, result.coverage) == (Decimal("87.5000"), Decimal("0.2500"))


def test_nothing_scored_gives_no_score_even_when_not_applicable_counts_in_full():
    card = pooled(criterion("a"), criterion("b", not_applicable=NotApplicablePolicy.FULL), pass_mark=Decimal(75))

    result = score(card, given(a="n/a", b="n/a"))

    assert (result.raw_score, result.final_score, result.outcome) == (None, None, Outcome.NONE)
    assert result.coverage == Decimal("0.0000")


def test_a_card_of_information_has_no_score():
    card = pooled(Criterion(lineage="a", kind=Kind.INFORMATION), pass_mark=Decimal(75))

    result = score(card, {"a": Answer(text="A question about an invoice")})

    assert (result.raw_score, result.final_score, result.outcome) == (None, None, Outcome.NONE)


def test_weights_of_zero_give_no_score():
    card = pooled(criterion("a", 0), pass_mark=Decimal(75))

    result = score(card, given(a="yes"))

    assert (result.raw_score, result.outcome, result.coverage) == (None, Outcome.NONE, Decimal("0.0000"))


def test_coverage_is_weighed_by_section_when_sectioned():
    card = sectioned((60, criterion("a", 10), criterion("b", 30)), (40, criterion("c", 99)))

    result = score(card, given(a="yes", b="n/a", c="yes"))

    assert result.coverage == Decimal("0.5500")  # 60 × 10/40 + 40 of 100


def test_coverage_counts_only_what_was_asked():
    rule = Visibility((AnswerCondition("a", ("no",)),))
    card = pooled(criterion("a", 10), criterion("b", 30), criterion("c", 60, visible_when=rule))

    result = score(card, given(a="yes"))

    assert result.coverage == Decimal("0.2500")  # b is asked and open, c is not asked


# Rule 6: bonus and penalty


def test_bonus_is_the_value_times_the_points_and_is_shown_apart():
    card = pooled(criterion("a"), bonus("extra", 6))

    result = score(card, given(a="partly", extra="partly"))

    assert (result.raw_score, result.bonus, result.final_score) == (
        Decimal("50.0000"),
        Decimal("3.0000"),
        Decimal("53.0000"),
    )


@pytest.mark.parametrize(
    ("answer", "points", "final"), [("yes", 10, "100.0000"), ("yes", -10, "85.0000"), ("no", -10, "95.0000")]
)
def test_bonus_and_penalty_are_kept_within_0_and_100(answer, points, final):
    card = pooled(criterion("a", 90), criterion("b", 10), bonus("extra", points))

    result = score(card, given(a="yes", b="partly", extra=answer))

    assert result.final_score == Decimal(final)


def test_a_penalty_cannot_take_the_score_below_0():
    card = pooled(criterion("a", 90), criterion("b", 10), bonus("late", -20))

    result = score(card, given(a="no", b="yes", late="yes"))

    assert (result.bonus, result.final_score) == (Decimal("-20.0000"), Decimal("0.0000"))


def test_not_applicable_bonus_adds_nothing():
    card = pooled(criterion("a"), bonus("extra", 10))

    result = score(card, given(a="partly", extra="n/a"))

    assert (result.bonus, result.final_score) == (Decimal("0.0000"), Decimal("50.0000"))


def test_a_bonus_that_does_not_apply_never_counts_in_full():
    card = pooled(criterion("a"), bonus("extra", 10, not_applicable=NotApplicablePolicy.FULL))

    result = score(card, given(a="partly", extra="n/a"))

    assert contribution(result, "extra").value is None
    assert result.final_score == Decimal("50.0000")


def test_bonus_never_creates_a_score():
    card = pooled(criterion("a"), bonus("extra", 10))

    result = score(card, given(a="n/a", extra="yes"))

    assert (result.raw_score, result.bonus, result.final_score) == (None, Decimal("10.0000"), None)
