"""Rules 1 to 3 of the truth table: what an answer is, whose cause it is, and how far it fails.

One test for every rule of product.md §3, with numbers worked out by hand.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from rubrics.card import (
    NOT_APPLICABLE,
    AnswerCondition,
    Card,
    Comparison,
    Criterion,
    Dimension,
    FactCondition,
    FailScope,
    Kind,
    Match,
    NotApplicablePolicy,
    Option,
    Owner,
    Section,
    Visibility,
)
from rubrics.scoring import Answer, Failure, FailureReason, Outcome, State, score
from tests.rubrics.cards import (
    CAUSES,
    bonus,
    contribution,
    criterion,
    failing,
    given,
    pooled,
    sectioned,
)

# Rule 1: what an answer is


def test_states_tell_scored_not_applicable_not_asked_information_and_unanswered_apart():
    card = pooled(
        criterion("scored"),
        criterion("skipped"),
        criterion("hidden", visible_when=Visibility((AnswerCondition("scored", ("no",)),))),
        Criterion(lineage="told", kind=Kind.INFORMATION),
        criterion("open"),
        bonus("extra", 5),
    )
    answers = given(scored="yes", skipped="n/a", hidden="no", extra="yes") | {"told": Answer(text="Refund")}

    result = score(card, answers)

    assert {part.criterion: part.state for part in result.contributions} == {
        "scored": State.SCORED,
        "skipped": State.NOT_APPLICABLE,
        "hidden": State.NOT_ASKED,
        "told": State.INFORMATION,
        "open": State.UNANSWERED,
        "extra": State.BONUS,
    }


def test_information_never_touches_the_score():
    card = pooled(criterion("a"), Criterion(lineage="topic", kind=Kind.INFORMATION, options=(Option("billing", None),)))

    result = score(card, given(a="partly", topic="billing"))

    assert (result.raw_score, result.coverage) == (Decimal("50.0000"), Decimal("1.0000"))


def test_a_hidden_criterion_is_not_asked_whatever_was_answered_before_it_was_hidden():
    rule = Visibility((FactCondition("channel", Comparison.IS, ("email",)),))
    card = pooled(criterion("a"), criterion("subject", 30, visible_when=rule))
    answers = given(a="yes", subject="no")

    in_chat = score(card, answers, facts={"channel": "chat"})
    in_email = score(card, answers, facts={"channel": "email"})

    assert (in_chat.raw_score, in_chat.coverage) == (Decimal("100.0000"), Decimal("1.0000"))
    assert in_email.raw_score == Decimal("25.0000")


@pytest.mark.parametrize(
    ("comparison", "values", "fact", "is_asked"),
    [
        (Comparison.IS, ("email", "chat"), "chat", True),
        (Comparison.IS, ("email",), "chat", False),
        (Comparison.IS_NOT, ("email",), "chat", True),
        (Comparison.IS_NOT, ("email",), None, False),
        (Comparison.AT_LEAST, (Decimal(2),), 2, True),
        (Comparison.AT_LEAST, (Decimal(2),), 1.5, False),
        (Comparison.AT_MOST, (Decimal("0.5"),), 0.5, True),
        (Comparison.AT_MOST, (Decimal("0.5"),), "few", False),
        (Comparison.IS, (True,), True, True),
        (Comparison.IS, (Decimal(1),), True, False),
    ],
)
def test_a_fact_decides_whether_a_criterion_is_asked(comparison, values, fact, is_asked):
    card = pooled(criterion("a", visible_when=Visibility((FactCondition("it", comparison, values),))))

    result = score(card, given(a="yes"), facts={"it": fact})

    assert (contribution(result, "a").state == State.SCORED) == is_asked


def test_any_condition_is_enough_when_the_rule_says_any():
    conditions = (AnswerCondition("a", ("no",)), FactCondition("reopen_count", Comparison.AT_LEAST, (Decimal(1),)))
    any_rule = pooled(criterion("a"), criterion("b", visible_when=Visibility(conditions, Match.ANY)))
    all_rule = pooled(criterion("a"), criterion("b", visible_when=Visibility(conditions, Match.ALL)))
    answers = given(a="yes", b="yes")

    asked_by_any = contribution(score(any_rule, answers, facts={"reopen_count": 2}), "b").state
    asked_by_all = contribution(score(all_rule, answers, facts={"reopen_count": 2}), "b").state

    assert (asked_by_any, asked_by_all) == (State.SCORED, State.NOT_ASKED)


def test_a_criterion_that_hangs_on_a_hidden_one_is_hidden_too():
    card = pooled(
        criterion("a"),
        criterion("b", visible_when=Visibility((AnswerCondition("a", ("no",)),))),
        criterion("c", visible_when=Visibility((AnswerCondition("b", ("yes", NOT_APPLICABLE)),))),
    )

    hidden = score(card, given(a="yes", b="yes", c="yes"))
    shown = score(card, given(a="no", b="n/a", c="yes"))

    assert contribution(hidden, "c").state == State.NOT_ASKED
    assert contribution(shown, "c").state == State.SCORED


# Rule 2: causes the agent does not own


def test_an_answer_with_a_foreign_cause_leaves_the_score_where_the_version_says_so():
    card = pooled(criterion("a"), criterion("b", 30), excludes_foreign_causes=True)
    answers = given(a="yes") | {"b": Answer(option="no", root_cause="policy")}

    result = score(card, answers)

    assert contribution(result, "b").state == State.EXCLUDED
    assert result.raw_score == Decimal("100.0000")
    assert result.coverage == Decimal("0.2500")


def test_an_answer_with_a_foreign_cause_counts_where_the_version_does_not_say_so():
    card = pooled(criterion("a"), criterion("b", 30))
    answers = given(a="yes") | {"b": Answer(option="no", root_cause="policy")}

    result = score(card, answers)

    assert result.raw_score == Decimal("25.0000")


def test_an_answer_whose_cause_the_agent_owns_always_counts():
    card = pooled(criterion("a"), criterion("b", 30), excludes_foreign_causes=True)
    answers = given(a="yes") | {"b": Answer(option="no", root_cause="habit")}

    result = score(card, answers)

    assert result.raw_score == Decimal("25.0000")


def test_an_excluded_answer_fails_nothing_and_is_no_error_of_the_agent():
    card = pooled(
        criterion("a"),
        criterion("b", options=failing(FailScope.CARD), dimension=Dimension.COMPLIANCE),
        excludes_foreign_causes=True,
        failing_dimensions=frozenset({Dimension.COMPLIANCE}),
        pass_mark=Decimal(75),
    )
    answers = given(a="yes") | {"b": Answer(option="breach", root_cause="bug")}

    result = score(card, answers)

    assert (result.outcome, result.failed_by, result.final_score) == (Outcome.PASS, (), Decimal("100.0000"))
    assert result.errors[Dimension.COMPLIANCE] == 0


@pytest.mark.parametrize("excludes", [True, False])
def test_points_lost_to_foreign_causes_are_the_same_whether_or_not_they_are_excluded(excludes):
    card = pooled(criterion("a", 20), criterion("b", 50), criterion("c", 30), excludes_foreign_causes=excludes)
    answers = given(a="yes") | {
        "b": Answer(option="partly", root_cause="policy"),
        "c": Answer(option="no", root_cause="article"),
    }

    result = score(card, answers)

    assert result.lost_elsewhere == {
        Owner.PROCESS: Decimal("25.0000"),
        Owner.PRODUCT: Decimal("0.0000"),
        Owner.KNOWLEDGE_BASE: Decimal("30.0000"),
    }


def test_a_penalty_with_a_foreign_cause_is_not_the_agents_but_is_reported():
    card = pooled(criterion("a"), bonus("late", -8, root_causes=CAUSES), excludes_foreign_causes=True)
    answers = given(a="yes") | {"late": Answer(option="partly", root_cause="bug")}

    result = score(card, answers)

    assert (result.bonus, result.final_score) == (Decimal("0.0000"), Decimal("100.0000"))
    assert result.lost_elsewhere[Owner.PRODUCT] == Decimal("4.0000")


# Rule 3: fail scopes and dimensions


def test_an_option_that_fails_its_criterion_is_worth_nothing():
    card = pooled(criterion("a", 30), criterion("b", 10, options=failing(FailScope.CRITERION)))

    result = score(card, given(a="yes", b="breach"))

    assert result.raw_score == Decimal("75.0000")
    assert (contribution(result, "b").given, contribution(result, "b").value) == (Decimal("0.5"), Decimal(0))
    assert contribution(result, "b").zeroed_by == "b"


def test_an_option_that_fails_its_section_zeroes_every_scored_answer_of_it_when_sectioned():
    card = sectioned((40, criterion("a"), criterion("b", options=failing(FailScope.SECTION))), (60, criterion("c")))

    result = score(card, given(a="yes", b="breach", c="yes"))

    assert result.raw_score == Decimal("60.0000")
    assert [part.score for part in result.sections] == [Decimal("0.0000"), Decimal("100.0000")]
    assert contribution(result, "a").zeroed_by == "b"


def test_an_option_that_fails_its_section_zeroes_every_scored_answer_of_it_when_pooled():
    card = Card(
        sections=(
            Section(lineage="s1", criteria=(criterion("a"), criterion("b", options=failing(FailScope.SECTION)))),
            Section(lineage="s2", criteria=(criterion("c", 20),)),
        )
    )

    result = score(card, given(a="yes", b="breach", c="yes"))

    assert result.raw_score == Decimal("50.0000")


def test_each_zeroed_answer_names_the_answer_that_zeroed_it():
    card = pooled(
        criterion("a"),
        criterion("b", options=failing(FailScope.CRITERION)),
        criterion("c", options=failing(FailScope.SECTION)),
    )

    result = score(card, given(a="yes", b="breach", c="breach"))

    assert [part.zeroed_by for part in result.contributions] == ["c", "b", "c"]


def test_a_failed_section_takes_what_counts_in_full_with_it_but_no_bonus():
    card = sectioned(
        (
            50,
            criterion("a", not_applicable=NotApplicablePolicy.FULL),
            criterion("b", options=failing(FailScope.SECTION)),
            bonus("extra", 5),
        ),
        (50, criterion("c")),
    )

    result = score(card, given(a="n/a", b="breach", c="yes", extra="yes"))

    assert (result.raw_score, result.final_score) == (Decimal("50.0000"), Decimal("55.0000"))


def test_errors_are_counted_per_dimension_without_touching_the_outcome():
    card = pooled(
        criterion("a", 80),
        criterion("b", dimension=Dimension.COMPLIANCE),
        criterion("c", dimension=Dimension.COMPLIANCE, options=failing(FailScope.CRITERION)),
        criterion("d", dimension=Dimension.CUSTOMER),
        pass_mark=Decimal(75),
    )

    result = score(card, given(a="yes", b="no", c="breach", d="partly"))

    assert result.errors == {Dimension.CUSTOMER: 0, Dimension.BUSINESS: 0, Dimension.COMPLIANCE: 2}
    assert result.outcome == Outcome.PASS


def test_an_error_fails_the_outcome_where_the_version_says_so_and_leaves_the_score():
    card = pooled(
        criterion("a", 90),
        criterion("b", dimension=Dimension.COMPLIANCE),
        pass_mark=Decimal(75),
        failing_dimensions=frozenset({Dimension.COMPLIANCE}),
    )

    result = score(card, given(a="yes", b="no"))

    assert (result.final_score, result.outcome) == (Decimal("90.0000"), Outcome.FAIL)
    assert result.failed_by == (Failure(FailureReason.DIMENSION, "b", Dimension.COMPLIANCE),)
