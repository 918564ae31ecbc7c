"""What a review still needs before it can be submitted."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rubrics.card import (
    AnswerCondition,
    Card,
    Criterion,
    FailScope,
    Kind,
    NotApplicablePolicy,
    Option,
    Rule,
    Section,
    Visibility,
)
from rubrics.scoring import Answer, Problem, problems
from rubrics.words import missing

OPTIONS = (
    Option("no", Decimal(0), "No"),
    Option("partly", Decimal("0.5"), "Partly"),
    Option("mostly", Decimal("0.75"), "Mostly"),
    Option("yes", Decimal(1), "Yes"),
    Option("breach", Decimal(1), "Breach", fail_scope=FailScope.CARD),
)


def card_of(*criteria):
    return Card(sections=(Section(lineage="all", criteria=criteria),))


def criterion(lineage="tone", **fields):
    fields.setdefault("name", "Tone")
    fields.setdefault("options", OPTIONS)
    return Criterion(lineage=lineage, weight=Decimal(10), **fields)


def test_a_complete_review_needs_nothing():
    card = card_of(criterion(comment_rule=Rule.LOW, evidence_rule=Rule.LOWEST))

    assert problems(card, {"tone": Answer(option="no", commented=True, pins=1)}) == ()


def test_an_open_criterion_is_listed():
    card = card_of(criterion("a", name="First"), criterion("b", name="Second"))

    found = problems(card, {"a": Answer(option="yes")})

    assert found == (Problem("b", "unanswered", "Second"),)


def test_an_open_bonus_is_listed_and_open_information_is_not():
    card = card_of(criterion("extra", kind=Kind.BONUS), criterion("topic", kind=Kind.INFORMATION))

    assert [problem.criterion for problem in problems(card, {})] == ["extra"]


def test_a_forbidden_not_applicable_is_listed():
    card = card_of(criterion(not_applicable=NotApplicablePolicy.FORBID))

    found = problems(card, {"tone": Answer(not_applicable=True)})

    assert found == (Problem("tone", "not_applicable_forbidden", "Tone"),)


@pytest.mark.parametrize("policy", [NotApplicablePolicy.EXCLUDE, NotApplicablePolicy.FULL])
def test_an_allowed_not_applicable_needs_no_comment_and_no_evidence(policy):
    card = card_of(criterion(not_applicable=policy, comment_rule=Rule.ALWAYS, evidence_rule=Rule.ALWAYS))

    assert problems(card, {"tone": Answer(not_applicable=True)}) == ()


@pytest.mark.parametrize(
    ("rule", "needing"),
    [
        (Rule.NEVER, []),
        (Rule.LOWEST, ["no", "breach"]),
        (Rule.LOW, ["no", "partly", "breach"]),
        (Rule.ALWAYS, ["no", "partly", "mostly", "yes", "breach"]),
    ],
)
def test_the_comment_and_evidence_rules_ask_for_these_answers(rule, needing):
    by_comment = card_of(criterion(comment_rule=rule))
    by_evidence = card_of(criterion(evidence_rule=rule))

    asked_comment = [option.key for option in OPTIONS if problems(by_comment, {"tone": Answer(option=option.key)})]
    asked_evidence = [option.key for option in OPTIONS if problems(by_evidence, {"tone": Answer(option=option.key)})]

    assert (asked_comment, asked_evidence) == (needing, needing)


def test_the_sentences_say_what_to_do():
    card = card_of(criterion(comment_rule=Rule.LOW, evidence_rule=Rule.LOW))

    found = problems(card, {"tone": Answer(option="partly")})

    assert [(one.code, missing(one)) for one in found] == [
        ("comment_required", "“Tone”: the answer “Partly” needs a comment, so that the agent knows why."),
        ("evidence_required", "“Tone”: the answer “Partly” needs at least one pinned message as evidence."),
    ]


def test_an_option_can_ask_for_a_comment_by_itself():
    card = card_of(criterion(options=(Option("other", Decimal(1), "Other", comment_required=True),)))

    found = problems(card, {"tone": Answer(option="other")})

    assert [problem.code for problem in found] == ["comment_required"]


def test_a_criterion_that_is_not_asked_needs_nothing():
    card = card_of(criterion("a"), criterion("b", visible_when=Visibility((AnswerCondition("a", ("no",)),))))

    assert problems(card, {"a": Answer(option="yes")}) == ()


def test_answers_the_card_does_not_know_are_listed():
    card = card_of(criterion("a", name="First"), criterion("b", name="Second"))
    answers = {
        "a": Answer(option="perhaps"),
        "b": Answer(option="yes", root_cause="luck"),
        "c": Answer(option="yes"),
    }

    found = problems(card, answers)

    assert [(one.criterion, one.code, missing(one)) for one in found] == [
        ("a", "unknown_option", "“First” has no option “perhaps”."),
        ("b", "unknown_root_cause", "“Second” has no root cause “luck”."),
        ("c", "unknown_criterion", "The rubric has no criterion “c”."),
    ]
