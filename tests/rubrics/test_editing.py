"""The pure part of the editor: parts and their tags, moving things about, scales, and what a form sends."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubrics import editing
from rubrics.card import AnswerCondition, Card, Comparison, FactCondition, FailScope, Kind, Match, Section, Visibility
from rubrics.differences import reworded
from rubrics.editing import sent
from rubrics.editing.doing import do
from rubrics.editing.scales import Scale, as_kind, options_of, scale_of, with_scale
from rubrics.editing.sent import Sent
from rubrics.scoring import score
from tests.factories.rubrics import small_card
from tests.rubrics.strategies import cards, scored_cards

CARD = small_card()
UNDERSTOOD = CARD.criterion("understood")
SKILLS = {"problem-solving", "process-compliance"}


def order(card):
    return [[criterion.lineage for criterion in section.criteria] for section in card.sections]


def form_of(criterion, **changed):
    """Write a criterion as its form would send it, with some fields changed."""
    fields = {
        "name": criterion.name, "guidance": criterion.guidance, "weight": str(criterion.weight),
        "points": str(criterion.points), "skill": criterion.skill, "not_applicable": criterion.not_applicable.value,
        "dimension": criterion.dimension.value, "comment": criterion.comment_rule.value,
        "evidence": criterion.evidence_rule.value,
    }  # fmt: skip
    for row, option in enumerate(criterion.options):
        start = f"options-{row}-"
        fields |= {
            f"{start}key": option.key, f"{start}label": option.label, f"{start}guidance": option.guidance,
            f"{start}fail": option.fail_scope.value, f"{start}value": "" if option.value is None else str(option.value),
            f"{start}comment_required": "yes" if option.comment_required else "",
        }  # fmt: skip
    for row, cause in enumerate(criterion.root_causes):
        start = f"causes-{row}-"
        fields |= {f"{start}key": cause.key, f"{start}label": cause.label, f"{start}owner": cause.owner.value}
    lists = {name: [value] for name, value in {**fields, **changed}.items()}
    rule = criterion.visible_when
    for row, condition in enumerate(rule.conditions if rule else ()):
        start = f"when-{row}-"
        if isinstance(condition, AnswerCondition):
            lists |= {f"{start}subject": [f"answer.{condition.criterion}"], f"{start}options": list(condition.options)}
        else:
            words = ", ".join(str(value) for value in condition.values)
            lists |= {f"{start}subject": [f"fact.{condition.fact}"], f"{start}values": [words]}
            lists |= {f"{start}comparison": [condition.comparison.value]}
    return Sent({**lists, "match": [rule.match.value]} if rule else lists)


@pytest.mark.parametrize(
    ("at", "step", "expected"),
    [
        ("criterion.solved", -1, [["solved", "understood"], ["data-protected", "topic"]]),
        ("criterion.solved", 1, [["understood"], ["solved", "data-protected", "topic"]]),
        ("criterion.data-protected", -1, [["understood", "solved", "data-protected"], ["topic"]]),
        ("criterion.understood", -1, [["understood", "solved"], ["data-protected", "topic"]]),
        ("criterion.topic", 1, [["understood", "solved"], ["data-protected", "topic"]]),
        ("section.rules", -1, [["data-protected", "topic"], ["understood", "solved"]]),
        ("section.rules", 1, [["understood", "solved"], ["data-protected", "topic"]]),
    ],
)
def test_a_part_moves_one_place_and_over_the_edge_of_its_section(at, step, expected):
    assert order(editing.move(CARD, at, step=step)) == expected


@pytest.mark.parametrize(
    ("at", "section", "before", "expected"),
    [
        ("criterion.topic", "talk", "solved", [["understood", "topic", "solved"], ["data-protected"]]),
        ("criterion.topic", "talk", "", [["understood", "solved", "topic"], ["data-protected"]]),
        ("criterion.topic", "rules", "data-protected", [["understood", "solved"], ["topic", "data-protected"]]),
        ("section.rules", "", "talk", [["data-protected", "topic"], ["understood", "solved"]]),
        ("section.talk", "", "", [["data-protected", "topic"], ["understood", "solved"]]),
    ],
)
def test_a_part_is_put_where_it_was_dropped(at, section, before, expected):
    assert order(editing.place(CARD, at, section=section, before=before)) == expected


@pytest.mark.parametrize("at", ["criterion.nobody", "section.nobody"])
@pytest.mark.parametrize("act", ["move", "remove", "copy", "place"])
def test_what_somebody_else_removed_is_gone(act, at):
    acts = {
        "move": lambda: editing.move(CARD, at, step=1),
        "remove": lambda: editing.remove(CARD, at),
        "copy": lambda: editing.copy(CARD, at, name="x", taken=()),
        "place": lambda: editing.place(CARD, at, section="talk"),
    }

    with pytest.raises(editing.Gone):
        acts[act]()


@given(cards(), st.data())
def test_what_is_removed_can_be_brought_back_as_it_was(card, data):
    section = data.draw(st.sampled_from(card.sections))
    position = data.draw(st.integers(0, len(section.criteria) - 1))
    criterion = section.criteria[position]

    without = editing.remove(card, editing.at_criterion(criterion.lineage))
    back = editing.restore(without, criterion, section=section.lineage, position=position)
    gone = editing.remove(card, editing.at_section(section.lineage))
    whole = editing.restore(gone, section, position=card.sections.index(section))

    assert without.criterion(criterion.lineage) is None
    assert (back, whole) == (card, card)
    assert editing.restore(card, criterion, section=section.lineage, position=0) == card


@given(scored_cards(), st.data())
def test_moving_inside_a_section_never_moves_a_score(case, data):
    card, answers, known = case
    section = data.draw(st.sampled_from(card.sections))
    chosen = data.draw(st.sampled_from(section.criteria))
    before = data.draw(st.sampled_from(section.criteria))

    moved = editing.place(card, editing.at_criterion(chosen.lineage), section=section.lineage, before=before.lineage)

    first, second = score(card, answers, facts=known), score(moved, answers, facts=known)
    assert (first.final_score, first.outcome, first.coverage) == (second.final_score, second.outcome, second.coverage)
    assert reworded(card, moved) == moved


def test_a_copy_has_a_history_of_its_own():
    copied, at = editing.copy(CARD, "criterion.solved", name="Solved it (copy)", taken={"solved-it-copy"})
    sections, section_at = editing.copy(CARD, "section.talk", name="Talk again", taken={"solved", "understood"})

    assert (at, order(copied)[0]) == ("criterion.solved-it-copy-2", ["understood", "solved", "solved-it-copy-2"])
    assert (section_at, order(sections)[1]) == ("section.talk-again", ["understood-2", "solved-2"])


@pytest.mark.parametrize(
    ("name", "taken", "lineage"),
    [("Greeting!", (), "greeting"), ("Greeting", ("greeting", "greeting-2"), "greeting-3"), ("挨拶", (), "criterion")],
)
def test_a_key_is_made_from_the_name_and_never_used_twice(name, taken, lineage):
    assert editing.lineage_for(name, taken=taken, otherwise="criterion") == lineage


@given(cards())
def test_a_tag_names_the_content_however_its_numbers_are_written(card):
    padded = replace(
        card,
        pass_mark=None if card.pass_mark is None else card.pass_mark.quantize(Decimal("0.0001")),
        sections=tuple(replace(one, weight=one.weight.quantize(Decimal("0.0001"))) for one in card.sections),
    )

    assert editing.tag_of(padded) == editing.tag_of(card)
    assert editing.tag_of(replace(card, excludes_foreign_causes=not card.excludes_foreign_causes)) != editing.tag_of(
        card
    )


def test_a_part_can_be_edited_while_another_one_changes():
    settings = editing.part_of(CARD, editing.SETTINGS)
    changed = editing.with_part(CARD, "criterion.solved", replace(CARD.criterion("solved"), weight=Decimal(3)))

    assert editing.tag_of(editing.part_of(changed, editing.SETTINGS)) == editing.tag_of(settings)
    assert editing.tag_of(editing.part_of(changed, "section.talk")) == editing.tag_of(
        editing.part_of(CARD, "section.talk")
    )
    assert editing.tag_of(changed) != editing.tag_of(CARD)


@pytest.mark.parametrize("at", ["", "section.", "criterion.", "nonsense", "section.nobody"])
def test_a_part_that_is_not_there_is_none(at):
    assert editing.part_of(CARD, at) is None


@pytest.mark.parametrize("scale", [Scale.BINARY, Scale.THREE, Scale.FOUR, Scale.FIVE, Scale.TEN])
def test_a_ready_made_scale_is_recognised_again_and_has_both_ends(scale):
    criterion = with_scale(UNDERSTOOD, scale)
    values = [option.value for option in criterion.options]

    assert (scale_of(criterion), min(values), max(values)) == (scale, 0, 1)
    assert values == sorted(values)


def test_another_scale_keeps_the_words_of_the_answers_that_stay():
    criterion = with_scale(UNDERSTOOD, Scale.BINARY)

    assert [(option.key, option.guidance) for option in criterion.options] == [
        ("no", "It did not happen."), ("yes", "It happened."),
    ]  # fmt: skip


def test_information_has_no_weight_value_or_fail_and_can_become_scored_again():
    bare = with_scale(CARD.criterion("data-protected"), Scale.INFORMATION)
    back = as_kind(bare, Kind.SCORED)

    assert (bare.kind, bare.weight, {option.value for option in bare.options}) == (Kind.INFORMATION, 0, {None})
    assert {option.fail_scope for option in bare.options} == {FailScope.NONE}
    assert (back.kind, back.weight, [option.value for option in back.options]) == (Kind.SCORED, 1, [0, 1])


@given(cards())
def test_a_form_sent_as_it_was_shown_changes_nothing(card):
    for criterion in card.criteria():
        read = sent.criterion(form_of(criterion), criterion, skills={"empathy", "adaptability"})

        assert (read.errors, read.part) == ({}, criterion)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("weight", "heavy", "Write a number from 0 to 1000, such as 10."),
        ("weight", "-1", "Write a number from 0 to 1000."),
        ("weight", "", "Write a number from 0 to 1000, such as 10."),
        ("weight", "0.123456", "Up to 4 decimals are possible."),
        ("name", "  ", "This field is empty."),
        ("name", "a\x01b", "The text holds a character that cannot be shown."),
        ("skill", "juggling", "There is no skill “juggling”. Known are: problem-solving, process-compliance."),
        ("not_applicable", "sometimes", "Write one of: exclude, full, forbid."),
        ("options-1-value", "half", "Write a number from 0 to 1, such as 0.5."),
        ("options-1-value", "7", "Write a number from 0 to 1."),
        ("options-1-label", "", "This field is empty."),
        ("causes-0-label", "", "This field is missing."),
        ("causes-0-owner", "nobody", "Write one of: agent, process, product, knowledge_base."),
    ],
)
def test_a_field_that_cannot_be_read_keeps_what_it_had_and_the_rest_is_stored(field, value, sentence):
    form = form_of(UNDERSTOOD, guidance="New words.", **{field: value})

    read = sent.criterion(form, UNDERSTOOD, skills=SKILLS)

    assert read.errors == {field: sentence}
    assert read.part == replace(UNDERSTOOD, guidance="New words.")


def test_a_comma_is_a_decimal_point_to_many_people():
    read = sent.criterion(form_of(UNDERSTOOD, **{"options-1-value": "0,25"}), UNDERSTOOD, skills=SKILLS)

    assert read.part.options[1].value == Decimal("0.25")


def test_rows_without_a_key_of_their_own_are_not_taken():
    # Python refuses to read a number of 5,000 digits.
    form = form_of(UNDERSTOOD, **{"options-1-key": "no", "causes-1-key": "", f"options-{'9' * 5000}-key": "yes"})

    read = sent.criterion(form, UNDERSTOOD, skills=SKILLS)

    assert [option.key for option in read.part.options] == ["no", "yes"]
    assert [cause.key for cause in read.part.root_causes] == ["habit"]


def test_a_visibility_rule_is_read_with_answers_facts_and_metadata():
    form = Sent(
        {
            **{name: form_of(UNDERSTOOD).getlist(name) for name in form_of(UNDERSTOOD)},
            "match": ["any"],
            "when-0-subject": ["answer.solved"], "when-0-options": ["no", "n/a"],
            "when-1-subject": ["fact.channel"], "when-1-comparison": ["is_not"], "when-1-values": ["chat, email"],
            "when-2-subject": ["fact.reopen_count"], "when-2-comparison": ["at_least"], "when-2-values": ["2"],
            "when-3-subject": ["fact.metadata"], "when-3-metadata": ["vip"], "when-3-comparison": ["is"],
            "when-3-values": ["true"],
        }
    )  # fmt: skip

    read = sent.criterion(form, UNDERSTOOD, skills=SKILLS)

    assert read.part.visible_when == Visibility(
        (
            AnswerCondition("solved", ("no", "n/a")),
            FactCondition("channel", Comparison.IS_NOT, ("chat", "email")),
            FactCondition("reopen_count", Comparison.AT_LEAST, (Decimal(2),)),
            FactCondition("metadata.vip", Comparison.IS, (True,)),
        ),
        Match.ANY,
    )
    assert read.errors == {}


def test_a_condition_that_cannot_be_read_keeps_the_rule_and_says_where():
    rule = Visibility((FactCondition("reopen_count", Comparison.AT_LEAST, (Decimal(2),)),))
    criterion = replace(UNDERSTOOD, visible_when=rule)
    form = Sent({name: form_of(criterion).getlist(name) for name in form_of(criterion)} | {"when-0-values": ["often"]})

    read = sent.criterion(form, criterion, skills=SKILLS)

    assert read.part.visible_when == rule
    assert read.errors == {"when-0-values": "Write a number from -1000000000 to 1000000000."}


def test_settings_are_read_one_by_one():
    stored = editing.part_of(CARD, editing.SETTINGS)
    form = Sent(
        {"mode": ["sectioned"], "pass_mark": ["high"], "card_fail": ["keep"], "failing_dimensions": ["business"]}
    )

    read = sent.settings(form, stored)

    assert read.errors == {"pass_mark": "Write a number from 0 to 100, such as 10."}
    assert (read.part.mode, read.part.pass_mark, read.part.card_fail_zeroes_score) == ("sectioned", 75, False)
    assert read.part.failing_dimensions == {"business"}


def test_an_empty_pass_mark_is_none():
    stored = editing.part_of(CARD, editing.SETTINGS)

    read = sent.settings(Sent({"mode": ["pooled"], "pass_mark": [""], "card_fail": ["zero"]}), stored)

    assert (read.errors, read.part.pass_mark) == ({}, None)


@pytest.mark.parametrize(
    ("what", "keys", "focus"),
    [
        ("add-option", ["no", "partly", "yes", "answer-4"], "options-3-label"),
        ("remove-option-1", ["no", "yes"], "add-option"),
        ("up-option-1", ["partly", "no", "yes"], "options-0-label"),
        ("down-option-2", ["no", "partly", "yes"], "options-2-label"),
        ("remove-option-99", ["no", "partly", "yes"], "add-option"),
        ("nonsense", ["no", "partly", "yes"], ""),
    ],
)
def test_the_buttons_of_the_form_change_the_answers(what, keys, focus):
    done, where = do(what, UNDERSTOOD, Sent({}), CARD)

    assert ([option.key for option in done.options], where) == (keys, focus)


def test_a_condition_starts_with_the_answer_before_and_can_ask_about_something_else():
    solved = CARD.criterion("solved")

    asked, _ = do("add-condition", solved, Sent({}), CARD)
    first, _ = do("add-condition", UNDERSTOOD, Sent({}), CARD)
    other, _ = do("subject-0", asked, Sent({"when-0-subject": ["fact.csat"]}), CARD)
    without, _ = do("remove-condition-0", other, Sent({}), CARD)

    assert asked.visible_when.conditions == (AnswerCondition("understood", ("no",)),)
    assert first.visible_when.conditions == (FactCondition("channel", Comparison.IS, ("chat",)),)
    assert other.visible_when.conditions == (FactCondition("csat", Comparison.AT_LEAST, (Decimal(1),)),)
    assert without == solved


def test_an_empty_card_takes_sections_and_criteria():
    card = editing.add_section(Card(), Section(lineage="talk", name="Talk", weight=Decimal(1)))
    card = editing.add_criterion(card, replace(UNDERSTOOD, options=options_of(Scale.BINARY)), section="talk")

    assert order(card) == [["understood"]]
