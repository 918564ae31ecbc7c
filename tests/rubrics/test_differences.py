# ruff: noqa: E501 (a truth table reads better in long lines)
"""What differs between two versions, and whether it needs a new one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rubrics.card import (
    AnswerCondition,
    Criterion,
    Dimension,
    FailScope,
    Kind,
    Mode,
    NotApplicablePolicy,
    Option,
    Owner,
    RootCause,
    Rule,
    Section,
    Visibility,
)
from rubrics.differences import Change, Effect, changes, needs_new_version
from rubrics.rewording import pieces as pieces_of
from tests.factories.rubrics import YES, small_card
from tests.rubrics.strategies import cards

CARD = small_card()
UNDERSTOOD = CARD.criterion("understood")


def with_criterion(lineage, **fields):
    sections = [
        replace(
            section,
            criteria=tuple(replace(one, **fields) if one.lineage == lineage else one for one in section.criteria),
        )
        for section in CARD.sections
    ]
    return replace(CARD, sections=tuple(sections))


def with_first_section(**fields):
    return replace(CARD, sections=(replace(CARD.sections[0], **fields), *CARD.sections[1:]))


def with_option(**fields):
    return with_criterion("understood", options=(*UNDERSTOOD.options[:2], replace(YES, **fields)))


def with_cause(**fields):
    habit, policy = UNDERSTOOD.root_causes
    return with_criterion("understood", root_causes=(replace(habit, **fields), policy))


@pytest.mark.parametrize(
    ("after", "effect", "sentence"),
    [
        (replace(CARD, mode=Mode.SECTIONED), Effect.SCORE, "How the score is made went from every criterion by its weight to sections by their weight."),
        (replace(CARD, pass_mark=None), Effect.SCORE, "The pass mark went from 75 to none."),
        (replace(CARD, card_fail_zeroes_score=False), Effect.SCORE, "“A card fail sets the score to 0” went from yes to no."),
        (replace(CARD, failing_dimensions=frozenset({Dimension.COMPLIANCE})), Effect.SCORE, "What fails the outcome as a critical error went from nothing to compliance."),
        (replace(CARD, excludes_foreign_causes=True), Effect.SCORE, "“Causes the agent does not own leave the score” went from no to yes."),
        (with_first_section(name="Chat"), Effect.WORDING, "The name of the section “Chat” went from “Talk” to “Chat”."),
        (with_first_section(weight=Decimal(1)), Effect.WORDING, "The weight of the section “Talk” went from 60 to 1."),
        (with_criterion("understood", weight=Decimal("25.0")), Effect.SCORE, "The weight of “Understood the problem” went from 20 to 25."),
        (with_criterion("understood", skill="empathy"), Effect.SCORE, "The skill of “Understood the problem” went from problem solving to empathy."),
        (with_criterion("understood", not_applicable=NotApplicablePolicy.FULL), Effect.SCORE, "N/A in “Understood the problem” went from left out to counts as 1."),
        (with_criterion("understood", dimension=Dimension.CUSTOMER), Effect.SCORE, "An error in “Understood the problem” went from not critical to customer-critical."),
        (with_criterion("understood", comment_rule=Rule.ALWAYS), Effect.RULES, "When “Understood the problem” needs a comment went from for low answers to for every answer."),
        (with_criterion("understood", evidence_rule=Rule.NEVER), Effect.RULES, "When “Understood the problem” needs evidence went from for the lowest answer to never."),
        (with_criterion("understood", name="Got it"), Effect.WORDING, "The name of “Got it” went from “Understood the problem” to “Got it”."),
        (with_option(value=Decimal("0.9")), Effect.SCORE, "The value of “Yes” in “Understood the problem” went from 1 to 0.9."),
        (with_option(fail_scope=FailScope.CARD), Effect.SCORE, "What “Yes” in “Understood the problem” fails went from nothing to the card."),
        (with_option(comment_required=True), Effect.RULES, "“Always needs a comment” for “Yes” in “Understood the problem” went from no to yes."),
        (with_option(label="{Sure}"), Effect.WORDING, "The label of “{Sure}” in “Understood the problem” went from “Yes” to “{Sure}”."),
        (with_cause(owner=Owner.PRODUCT), Effect.SCORE, "The owner of the cause “Habit” in “Understood the problem” went from Agent to Product."),
        (with_cause(label="Routine"), Effect.WORDING, "The label of the cause “Routine” in “Understood the problem” went from “Habit” to “Routine”."),
        (with_criterion("understood", options=UNDERSTOOD.options[1:]), Effect.SCORE, "The answer “No” of “Understood the problem” was removed."),
        (with_criterion("understood", options=(*UNDERSTOOD.options, Option("more", Decimal(1), "More"))), Effect.SCORE, "The answer “More” of “Understood the problem” is new."),
        (with_criterion("understood", options=UNDERSTOOD.options[::-1]), Effect.RULES, "The answers of “Understood the problem” are in another order."),
        (with_criterion("understood", root_causes=(*UNDERSTOOD.root_causes, RootCause("luck", "Luck"))), Effect.RULES, "The cause “Luck” of “Understood the problem” is new."),
        (with_criterion("understood", root_causes=UNDERSTOOD.root_causes[:1]), Effect.RULES, "The cause “Policy” of “Understood the problem” was removed."),
        (with_first_section(criteria=CARD.sections[0].criteria[::-1]), Effect.RULES, "The criteria of “Talk” are in another order."),
        (with_first_section(criteria=CARD.sections[0].criteria[:1]), Effect.SCORE, "“Solved it” was removed."),
        (replace(CARD, sections=CARD.sections[::-1]), Effect.WORDING, "The sections are in another order."),
    ],
)  # fmt: skip
def test_a_change_is_named_with_its_effect(after, effect, sentence):
    assert changes(CARD, after) == (Change(effect, sentence),)


@pytest.mark.parametrize(
    ("after", "change"),
    [
        (
            with_criterion("solved", visible_when=Visibility((AnswerCondition("understood", ("no",)),))),
            Change(Effect.SCORE, "When “Solved it” is asked is different.", "Asked in every review.", "Asked only when “Understood the problem” is “No”."),
        ),
        (with_criterion("understood", guidance="Look twice."), Change(Effect.WORDING, "The guidance of “Understood the problem” reads differently.", UNDERSTOOD.guidance, "Look twice.")),
        (with_option(guidance="Clear."), Change(Effect.WORDING, "When to choose “Yes” in “Understood the problem” reads differently.", YES.guidance, "Clear.")),
    ],
)  # fmt: skip
def test_a_longer_text_stands_beside_its_sentence_as_it_was_and_as_it_is(after, change):
    assert changes(CARD, after) == (change,)


def test_a_condition_names_criteria_as_their_own_version_does():
    rule = Visibility((AnswerCondition("understood", ("no",)),))
    before = with_criterion("solved", visible_when=rule)
    after = with_criterion("understood", name="Got it")

    (_name, asked) = changes(before, after)

    assert (asked.before, asked.after) == (
        "Asked only when “Understood the problem” is “No”.",
        "Asked in every review.",
    )


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "New.", [("added", "New.")]),
        ("Gone.", "", [("removed", "Gone.")]),
        ("Say it once.", "Say it twice.", [("same", "Say it "), ("removed", "once"), ("added", "twice"), ("same", ".")]),
        ("Say one two here", "Say three four here", [("same", "Say "), ("removed", "one two"), ("added", "three four"), ("same", " here")]),
        ("All of this goes", "Nothing stayed, friend", [("removed", "All of this goes"), ("added", "Nothing stayed, friend")]),
    ],
)  # fmt: skip
def test_a_text_is_compared_word_by_word_unless_little_is_left_of_it(before, after, pieces):
    found = Change(Effect.WORDING, "", before, after).pieces

    assert [(piece.kind, piece.text) for piece in found] == pieces


@given(st.text(max_size=60), st.text(max_size=60))
def test_both_texts_can_be_read_off_their_comparison(before, after):
    found = pieces_of(before, after)

    assert "".join(piece.text for piece in found if piece.kind != "added") == before
    assert "".join(piece.text for piece in found if piece.kind != "removed") == after


def test_a_section_weight_counts_when_sections_do():
    before = replace(CARD, mode=Mode.SECTIONED)
    after = replace(with_first_section(weight=Decimal(50)), mode=Mode.SECTIONED)

    assert changes(before, after) == (Change(Effect.SCORE, "The weight of the section “Talk” went from 60 to 50."),)


def test_a_scored_criterion_that_moves_to_another_section_can_move_scores():
    talk, rules = CARD.sections
    after = replace(
        CARD,
        sections=(
            replace(talk, criteria=talk.criteria[:1]),
            replace(rules, criteria=(*rules.criteria, talk.criteria[1])),
        ),
    )

    assert changes(CARD, after) == (Change(Effect.SCORE, "“Solved it” moved to the section “Rules”."),)


def test_the_order_of_what_is_not_scored_is_wording():
    talk, rules = CARD.sections
    after = replace(CARD, sections=(talk, replace(rules, criteria=rules.criteria[::-1])))

    assert changes(CARD, after) == (Change(Effect.WORDING, "What is not scored in “Rules” is in another order."),)


def test_a_new_section_with_a_criterion_and_a_new_question_are_named():
    note = Criterion(lineage="note", name="Note", kind=Kind.INFORMATION)
    after = replace(CARD, sections=(*CARD.sections, Section(lineage="end", name="End", criteria=(note,))))

    assert changes(CARD, after) == (
        Change(Effect.SCORE, "The section “End” is new."),
        Change(Effect.RULES, "“Note” is new."),
    )
    assert changes(after, CARD) == (
        Change(Effect.SCORE, "The section “End” was removed."),
        Change(Effect.RULES, "“Note” was removed."),
    )


def test_wording_alone_needs_no_new_version():
    assert not needs_new_version(CARD, with_criterion("understood", name="Got it", guidance="Look twice."))
    assert needs_new_version(CARD, with_criterion("understood", weight=Decimal(21)))


@settings(max_examples=30)
@given(cards())
def test_a_card_does_not_differ_from_itself(card):
    assert changes(card, card) == ()
