"""Rules 7 and 8 of the truth table: the card fail, and what is stored.

One test for every rule of product.md §3, with numbers worked out by hand.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from rubrics.card import (
    FailScope,
    NotApplicablePolicy,
    Option,
)
from rubrics.scoring import Answer, Failure, FailureReason, Outcome, UnknownAnswer, score
from tests.rubrics.cards import (
    NO,
    PARTLY,
    YES,
    bonus,
    criterion,
    failing,
    given,
    pooled,
    sectioned,
)

# Rule 7: card fail


def test_a_card_fail_zeroes_the_final_score_where_the_version_says_so():
    card = pooled(criterion("a", 90), criterion("b", 10, options=failing(FailScope.CARD)), pass_mark=Decimal(50))

    result = score(card, given(a="yes", b="breach"))

    assert (result.raw_score, result.final_score) == (Decimal("95.0000"), Decimal("0.0000"))
    assert result.outcome == Outcome.FAIL
    assert result.failed_by == (Failure(FailureReason.CARD, "b"), Failure(FailureReason.PASS_MARK))


def test_a_card_fail_can_keep_the_score_and_still_fail():
    card = pooled(
        criterion("a", 90),
        criterion("b", 10, options=failing(FailScope.CARD)),
        pass_mark=Decimal(50),
        card_fail_zeroes_score=False,
    )

    result = score(card, given(a="yes", b="breach"))

    assert (result.final_score, result.outcome) == (Decimal("95.0000"), Outcome.FAIL)
    assert result.failed_by == (Failure(FailureReason.CARD, "b"),)


def test_a_card_fail_wins_over_any_bonus():
    card = pooled(criterion("a", options=failing(FailScope.CARD)), bonus("extra", 50), pass_mark=Decimal(10))

    result = score(card, given(a="breach", extra="yes"))

    assert (result.bonus, result.final_score, result.outcome) == (Decimal("50.0000"), Decimal("0.0000"), Outcome.FAIL)


def test_a_card_fail_without_a_pass_mark_is_still_a_fail():
    card = pooled(criterion("a", options=failing(FailScope.CARD)))

    result = score(card, given(a="breach"))

    assert result.outcome == Outcome.FAIL


def test_a_gate_without_weight_can_fail_the_card():
    card = pooled(criterion("a", 10), criterion("gate", 0, options=failing(FailScope.CARD)), pass_mark=Decimal(50))

    passed = score(card, given(a="yes", gate="yes"))
    failed = score(card, given(a="yes", gate="breach"))

    assert (passed.final_score, passed.outcome) == (Decimal("100.0000"), Outcome.PASS)
    assert (failed.raw_score, failed.final_score, failed.outcome) == (
        Decimal("100.0000"),
        Decimal("0.0000"),
        Outcome.FAIL,
    )


# Rule 8: what is stored


def test_stored_numbers_are_rounded_once_half_up_to_four_decimals():
    card = pooled(criterion("a", options=(NO, Option("odd", Decimal("0.1234565")), YES)))

    result = score(card, given(a="odd"))

    assert str(result.raw_score) == "12.3457"  # 12.34565: half to even would give 12.3456


def test_a_tie_that_a_cut_off_quotient_would_hide_is_still_rounded_up():
    most = (NO, PARTLY, Option("most", Decimal("0.75")), YES)
    card = sectioned(
        (8, criterion("a", 4), criterion("b", 4)),
        (7, criterion("c", 3), criterion("d", 1, options=most)),
        (9, criterion("e", 1), criterion("f", 9, options=most)),
    )

    result = score(card, given(a="partly", b="yes", c="yes", d="most", e="yes", f="most"))

    assert str(result.raw_score) == "81.4063"  # (8 × 3/4 + 7 × 15/16 + 9 × 31/40) / 24 = 81.40625 exactly


@pytest.mark.parametrize(("mark", "outcome"), [("66.6667", Outcome.PASS), ("66.66671", Outcome.FAIL)])
def test_pass_is_decided_on_the_stored_value(mark, outcome):
    card = pooled(criterion("a", 20), criterion("b", 10), pass_mark=Decimal(mark))

    result = score(card, given(a="yes", b="no"))

    assert (result.final_score, result.outcome) == (Decimal("66.6667"), outcome)


def test_there_is_no_outcome_without_a_pass_mark():
    card = pooled(criterion("a"))

    result = score(card, given(a="yes"))

    assert (result.final_score, result.outcome, result.failed_by) == (Decimal("100.0000"), Outcome.NONE, ())


def test_skill_scores_weigh_criteria_and_ignore_fails_sections_and_bonus():
    breaking = criterion("b", 30, skill="empathy", options=failing(FailScope.SECTION))
    card = sectioned(
        (90, criterion("a", 10, skill="empathy"), breaking),
        (10, criterion("c", 60, skill="empathy"), criterion("d", 5, skill="adaptability")),
        (10, bonus("e", 9, skill="empathy")),
    )

    result = score(card, given(a="yes", b="breach", c="no", d="n/a", e="yes"))

    assert [(part.skill, part.score, part.answers) for part in result.skills] == [("empathy", Decimal("25.0000"), 3)]


def test_a_full_not_applicable_says_nothing_about_a_skill():
    card = pooled(criterion("a", skill="empathy", not_applicable=NotApplicablePolicy.FULL), criterion("b"))

    result = score(card, given(a="n/a", b="yes"))

    assert result.skills == ()


def test_contributions_explain_the_score_down_to_each_answer():
    card = pooled(criterion("a", 10), criterion("b", 25), criterion("c", 60), criterion("d", 5))

    result = score(card, given(a="yes", b="partly", c="yes", d="n/a"))

    assert [(part.criterion, part.share, part.points) for part in result.contributions] == [
        ("a", Decimal("10.5263"), Decimal("10.5263")),
        ("b", Decimal("26.3158"), Decimal("13.1579")),
        ("c", Decimal("63.1579"), Decimal("63.1579")),
        ("d", Decimal("0.0000"), Decimal("0.0000")),
    ]
    assert result.raw_score == Decimal("86.8421")


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (given(b="yes"), "The rubric has no criterion “b”."),
        (given(a="perhaps"), "The criterion “a” has no option “perhaps”."),
        ({"a": Answer(option="no", root_cause="luck")}, "The criterion “a” has no root cause “luck”."),
    ],
)
def test_an_answer_the_card_does_not_know_is_never_left_out_silently(answers, sentence):
    card = pooled(criterion("a"))

    with pytest.raises(UnknownAnswer) as raised:
        score(card, answers)

    assert str(raised.value) == sentence
