"""The truth table: one test for every rule of product.md §3, with numbers worked out by hand."""

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
    Mode,
    NotApplicablePolicy,
    Option,
    Owner,
    RootCause,
    Section,
    Visibility,
)
from rubrics.scoring import Answer, Failure, FailureReason, Outcome, State, UnknownAnswer, score

YES = Option("yes", Decimal(1))
PARTLY = Option("partly", Decimal("0.5"))
NO = Option("no", Decimal(0))
CAUSES = (
    RootCause("habit", "Habit", Owner.AGENT),
    RootCause("policy", "Policy", Owner.PROCESS),
    RootCause("bug", "Bug", Owner.PRODUCT),
    RootCause("article", "Wrong article", Owner.KNOWLEDGE_BASE),
)


def criterion(lineage, weight=10, *, options=(NO, PARTLY, YES), **fields):
    fields.setdefault("root_causes", CAUSES)
    return Criterion(lineage=lineage, weight=Decimal(weight), options=options, **fields)


def bonus(lineage, points, **fields):
    return Criterion(lineage=lineage, kind=Kind.BONUS, points=Decimal(points), options=(NO, PARTLY, YES), **fields)


def failing(scope, value="0.5"):
    return (Option("breach", Decimal(value), fail_scope=scope), NO, PARTLY, YES)


def pooled(*criteria, **settings):
    return Card(sections=(Section(lineage="all", weight=Decimal(1), criteria=criteria),), **settings)


def sectioned(*sections, **settings):
    made = tuple(
        Section(lineage=f"s{number}", weight=Decimal(weight), criteria=tuple(criteria))
        for number, (weight, *criteria) in enumerate(sections, start=1)
    )
    return Card(mode=Mode.SECTIONED, sections=made, **settings)


def given(**options):
    """Write answers short: an option key, or "n/a"."""
    return {
        lineage: Answer(not_applicable=True) if option == NOT_APPLICABLE else Answer(option=option)
        for lineage, option in options.items()
    }


def contribution(result, lineage):
    return next(part for part in result.contributions if part.criterion == lineage)


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
