# ruff: noqa: E501 (a truth table reads better in long lines)
"""What the editor points out: weights that cannot matter, scales without an end, questions that nobody is asked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from conversations.models import Conversation
from rubrics import facts
from rubrics.advice import advice
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
    Section,
    Visibility,
)
from rubrics.reachable import never_asked
from rubrics.scoring import asked
from tests.rubrics.strategies import scored_cards

NO, YES = Option("no", Decimal(0), "No", "Not."), Option("yes", Decimal(1), "Yes", "Is.")


def criterion(lineage="one", **fields):
    return Criterion(
        **{
            "lineage": lineage, "name": lineage.capitalize(), "guidance": "Look.", "weight": Decimal(10),
            "skill": "empathy", "options": (NO, YES), "not_applicable": NotApplicablePolicy.FORBID, **fields,
        }
    )  # fmt: skip


def card(*criteria, weight=1, **settings):
    return Card(sections=(Section(lineage="s", name="S", weight=Decimal(weight), criteria=criteria),), **settings)


def sentences(made):
    return [one.sentence for one in advice(made)]


def valued(*values):
    return tuple(Option(f"o{at}", Decimal(value), f"Answer {at}", "When.") for at, value in enumerate(values))


def test_a_sound_card_needs_no_advice():
    assert advice(card(criterion(), pass_mark=Decimal(75))) == ()


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (card(criterion(weight=Decimal(0)), criterion("two")), "The weight is 0: no answer can move the score. Make it information only, or give it a weight."),
        (card(criterion(weight=Decimal("0.1")), criterion("two", weight=Decimal(99))), "The weight can hardly matter: the worst answer costs 0.10 of 100 points."),
        (card(criterion(options=valued("0.5", 1))), "The scale has no failing end: even the lowest answer earns 0.5 of the weight."),
        (card(criterion(options=valued(0, "0.8"))), "Nobody can earn all of it: the best answer is worth 0.8."),
        (card(criterion(options=valued(1, 1))), "All answers have the same value, so it does not matter which is chosen."),
        (card(criterion(options=(NO, replace(YES, fail_scope=FailScope.CARD)))), "The best answer, “Yes”, fails. Is that meant?"),
        (card(criterion(options=(NO, Option("half", Decimal("0.5"), "Half", "x", FailScope.CRITERION), YES))), "“Half” fails the criterion, so its value of 0.5 never counts."),
        (card(criterion(dimension=Dimension.BUSINESS, options=valued("0.5", 1))), "It is marked critical, but no answer is an error: none is worth 0 or fails anything."),
        (card(criterion(skill="")), "No skill is chosen, so coaching cannot build on this criterion."),
        (card(criterion(guidance="", options=(replace(NO, guidance=""), replace(YES, guidance="")))), "There is no guidance yet: reviewers will each decide in their own way."),
        (card(criterion(options=(NO, Option("half", Decimal("0.5"), "Half"), YES))), "An answer in the middle has no guidance. It is the one that reviewers disagree about."),
        (card(criterion(options=(NO, replace(YES, label="no")))), "Two answers have the same label."),
        (card(criterion(), criterion("other", name="ONE")), "Another criterion is called “ONE” too; reviewers cannot tell them apart."),
        (card(criterion(not_applicable=NotApplicablePolicy.EXCLUDE)), "Every scored criterion may be N/A, so a review can end without a score. Forbid N/A for one."),
        (card(criterion(), pass_mark=Decimal(0)), "With a pass mark of 0 everything passes."),
        (card(criterion(), failing_dimensions=frozenset({Dimension.COMPLIANCE})), "Compliance-critical errors fail the outcome, but no criterion is compliance-critical."),
        (card(criterion(), excludes_foreign_causes=True), "Causes the agent does not own leave the score, but no criterion has such a cause."),
        (card(criterion(), weight=0, mode=Mode.SECTIONED), "“S” has weight 0: nothing answered in it can move the score."),
        (card(criterion(kind=Kind.INFORMATION, weight=Decimal(0), options=()), mode=Mode.SECTIONED), "The weight of “S” cannot matter: nothing in it is scored with a weight."),
    ],
)  # fmt: skip
def test_what_was_probably_not_meant_is_said(made, sentence):
    assert sentence in sentences(made)


def when(*conditions, match=Match.ALL):
    return Visibility(conditions, match)


FIRST = criterion("first")


@pytest.mark.parametrize(
    ("rule", "is_never"),
    [
        (when(AnswerCondition("first", ("no",))), False),
        (when(AnswerCondition("first", (NOT_APPLICABLE,))), True),
        (when(AnswerCondition("first", ())), True),
        (when(AnswerCondition("first", ("no",)), AnswerCondition("first", ("yes",))), True),
        (when(AnswerCondition("first", ("no",)), AnswerCondition("first", ("yes",)), match=Match.ANY), False),
        (when(AnswerCondition("first", ()), FactCondition("channel", Comparison.IS, ("chat",)), match=Match.ANY), False),
        (when(FactCondition("channel", Comparison.IS, ("chat",)), FactCondition("channel", Comparison.IS, ("email",))), True),
        (when(FactCondition("channel", Comparison.IS, ("phone",))), True),
        (when(FactCondition("channel", Comparison.IS, ("phone", "voice"))), False),
        (when(FactCondition("channel", Comparison.IS_NOT, ("phone",))), False),
        (when(FactCondition("csat", Comparison.AT_LEAST, (Decimal(4),)), FactCondition("csat", Comparison.AT_MOST, (Decimal(2),))), True),
        (when(FactCondition("csat", Comparison.AT_LEAST, (Decimal(2),)), FactCondition("csat", Comparison.AT_MOST, (Decimal(4),))), False),
    ],
)  # fmt: skip
def test_a_question_that_no_conversation_brings_up_is_found(rule, is_never):
    made = card(FIRST, criterion("second", visible_when=rule))

    assert ("second" in never_asked(made)) == is_never


def test_the_channels_that_a_rule_may_wait_for_are_those_of_conversations():
    assert {value for value in Conversation.Channel.values if value} == set(facts.CHANNELS)


@pytest.mark.parametrize(
    ("labels", "keys"),
    [
        (["No", "Partly", "Yes"], ["1", "2", "3"]),
        ([str(figure) for figure in range(11)], [*"0123456789", "="]),
        (["0", "1"], ["0", "1"]),
        (["1", "Two"], ["1", "2"]),
        ([f"Answer {place}" for place in range(12)], [*"1234567890", "", ""]),
        ([], []),
    ],
)
def test_a_figure_is_picked_by_its_own_key_and_other_answers_by_their_place(labels, keys):
    options = tuple(Option(f"o-{place}", Decimal(0), label) for place, label in enumerate(labels))

    found = Criterion(lineage="one", options=options).keyed

    assert ([key for key, _option in found], [option for _key, option in found]) == (keys, list(options))


def test_what_waits_for_a_question_never_asked_is_never_asked_either():
    second = criterion("second", visible_when=when(AnswerCondition("first", ())))
    third = criterion("third", visible_when=when(AnswerCondition("second", ("yes",))))

    found = never_asked(card(FIRST, second, third))

    assert found["third"] == "It is never asked: it waits for “Second”, which is never asked either."


@given(scored_cards())
def test_what_is_called_unreachable_is_never_asked(case):
    made, answers, known = case

    assert not never_asked(made).keys() & asked(made, answers, facts=known)
