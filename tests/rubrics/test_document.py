# ruff: noqa: E501 (a truth table reads better in long lines)
"""Rubrics as files: exact round trips, and every mistake named with its path."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given

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
    Rule,
    Section,
    Visibility,
)
from rubrics.checks import flaws
from rubrics.document import Document, DocumentRefused, parse, to_json, to_yaml
from tests.rubrics.strategies import cards

SMALL = """\
format: 1
rubric: small
name: Small
mode: sectioned
pass_mark: 75.5
card_fail: keep
failing_dimensions: [compliance]
exclude_foreign_causes: true
sections:
  - lineage: talk
    name: Talk
    weight: 60
    criteria:
      - lineage: tone
        name: Tone
        guidance: |
          Read the agent's first reply.
          Then the last.
        weight: 10.25
        skill: empathy
        not_applicable: forbid
        dimension: compliance
        comment: low
        evidence: lowest
        options:
          - key: no
            label: No
            value: 0
            fail: card
            guidance: Rude
          - key: yes
            label: Yes
            value: 1
            comment_required: true
        root_causes:
          - key: script
            label: The script says so
            owner: process
      - lineage: thanks
        name: Thanks
        kind: bonus
        points: -2.5
        visible_when:
          match: any
          conditions:
            - criterion: tone
              is: [yes, n/a]
            - fact: channel
              is_not: [voice]
            - fact: csat
              at_least: 4
        options:
          - {key: 0, label: None, value: 0}
          - {key: 1, label: One, value: 1}
      - lineage: topic
        name: Topic
        kind: information
"""

SMALL_CARD = Card(
    mode=Mode.SECTIONED,
    pass_mark=Decimal("75.5"),
    card_fail_zeroes_score=False,
    failing_dimensions=frozenset({Dimension.COMPLIANCE}),
    excludes_foreign_causes=True,
    sections=(
        Section(
            lineage="talk",
            name="Talk",
            weight=Decimal(60),
            criteria=(
                Criterion(
                    lineage="tone",
                    name="Tone",
                    guidance="Read the agent's first reply.\nThen the last.",
                    weight=Decimal("10.25"),
                    skill="empathy",
                    not_applicable=NotApplicablePolicy.FORBID,
                    dimension=Dimension.COMPLIANCE,
                    comment_rule=Rule.LOW,
                    evidence_rule=Rule.LOWEST,
                    options=(
                        Option("no", Decimal(0), "No", "Rude", FailScope.CARD),
                        Option("yes", Decimal(1), "Yes", comment_required=True),
                    ),
                    root_causes=(RootCause("script", "The script says so", Owner.PROCESS),),
                ),
                Criterion(
                    lineage="thanks",
                    name="Thanks",
                    kind=Kind.BONUS,
                    points=Decimal("-2.5"),
                    visible_when=Visibility(
                        (
                            AnswerCondition("tone", ("yes", NOT_APPLICABLE)),
                            FactCondition("channel", Comparison.IS_NOT, ("voice",)),
                            FactCondition("csat", Comparison.AT_LEAST, (Decimal(4),)),
                        ),
                        Match.ANY,
                    ),
                    options=(Option("0", Decimal(0), "None"), Option("1", Decimal(1), "One")),
                ),
                Criterion(lineage="topic", name="Topic", kind=Kind.INFORMATION),
            ),
        ),
    ),
)


def refused(source, **settings):
    with pytest.raises(DocumentRefused) as raised:
        parse(source, **settings)
    return [str(flaw) for flaw in raised.value.flaws]


def changed(old, new):
    assert old in SMALL
    return SMALL.replace(old, new, 1)


def test_every_field_of_a_file_is_read():
    document = parse(SMALL)

    assert document == Document("small", "Small", "", SMALL_CARD)


def test_json_says_the_same_as_yaml():
    from_json = to_json(parse(SMALL))

    assert parse(from_json) == parse(SMALL)
    assert json.loads(from_json)["sections"][0]["criteria"][0]["weight"] == 10.25


@given(cards())
def test_any_rubric_survives_a_round_trip_exactly(card):
    document = Document("any-rubric", "Any “rubric”: no, yes, ~", "First line\n\n  third: line\t#", card)

    written = (to_yaml(document), to_json(document))

    assert [parse(text) for text in written] == [document, document]
    assert (to_yaml(parse(written[0])), to_json(parse(written[1]))) == written


@given(cards())
def test_a_card_that_could_be_published_has_no_flaws(card):
    assert flaws(card) == ()


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "yes",
        "null",
        "~",
        "1",
        "1.5",
        "true",
        "2026-11-23",
        "=",
        "<<",
        "- a",
        "a: b",
        "# a",
        "*a",
        "&a",
        "!a",
        "😀",
    ],
)
def test_words_that_yaml_could_mistake_survive(text):
    document = Document("any", text, f"{text}\n{text}", SMALL_CARD)

    assert parse(to_yaml(document)) == document


def test_numbers_are_written_without_needless_zeros():
    card = Card(sections=(Section(lineage="a", name="A", weight=Decimal("10.0000"), criteria=()),))

    written = to_yaml(Document("a", "A", "", card))

    assert "weight: 10\n" in written


def test_all_problems_are_listed_at_once_with_their_paths():
    source = """\
format: 1
rubric: Bad Name
pass_mark: 101
card_fail: maybe
colour: red
sections:
  - lineage: talk
    name: Talk
    wieght: 3
    criteria:
      - lineage: tone
        name: 12
        weight: heavy
        comment: sometimes
        options: [{key: yes, label: Yes, value: 2}, 7]
      - name: Nameless
        kind: information
"""

    assert refused(source) == [
        "colour: A rubric has no such field. Known are format, rubric, name, description, mode, pass_mark, card_fail, "
        "failing_dimensions, exclude_foreign_causes, sections.",
        "rubric: Write a key of small letters, digits and hyphens, such as “first-reply”.",
        "name: This field is missing.",
        "pass_mark: Write a number from 0 to 100.",
        "card_fail: Write one of: zero, keep.",
        "sections[0].wieght: A section has no such field. Did you mean “weight”?",
        "sections[0].criteria[0].name: Write text here. Put numbers, true, false and null in quotes.",
        "sections[0].criteria[0].weight: Write a number from 0 to 1000, without quotes.",
        "sections[0].criteria[0].comment: Write one of: never, lowest, low, always.",
        "sections[0].criteria[0].options[0].value: Write a number from 0 to 1.",
        "sections[0].criteria[0].options[1]: An option must be written as fields with names, such as “key: …”.",
        "sections[0].criteria[1].lineage: This field is missing.",
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("format: 1", "format: 2", "format: Write “format: 1”, so that later versions can still read the file."),
        ("name: Small", "name: ''", "name: This field is empty."),
        ("name: Small", 'name: "two\\nlines"', "name: This must be a single line."),
        ("name: Small", 'name: "a\\0b"', "name: The text holds a character that cannot be shown."),
        ("name: Small", f"name: {'a' * 121}", "name: Up to 120 characters are possible here; these are 121."),
        ("value: 0\n", "value: 0.00001\n", "sections[0].criteria[0].options[0].value: Up to 4 decimals are possible."),
        ("key: no", "key: true", "sections[0].criteria[0].options[0].key: Write a key of small letters, digits and hyphens, such as “first-reply”."),
        ("key: no", "key: yes", "sections[0].criteria[0].options[1].key: “yes” is used twice."),
        ("lineage: topic", "lineage: thanks", "sections[0].criteria[2].lineage: “thanks” is used by an earlier criterion."),
        ("criterion: tone", "criterion: topic", "sections[0].criteria[1].visible_when.conditions[0].criterion: “topic” is not an earlier criterion: a rule can only look back."),
        ("is: [yes, n/a]", "is: [maybe]", "sections[0].criteria[1].visible_when.conditions[0].is: “tone” has no option “maybe”."),
        ("is_not: [voice]", "is_not: []", "sections[0].criteria[1].visible_when.conditions[1].is_not: Write at least one value."),
        ("at_least: 4", "at_least: 4\n              at_most: 5", "sections[0].criteria[1].visible_when.conditions[2]: Compare the fact in one way: is, is_not, at_least, at_most."),
        ("is_not: [voice]", "at_least: 1", "sections[0].criteria[1].visible_when.conditions[1].at_least: “channel” is a word and has no size: use “is”."),
        ("points: -2.5", "points: 0", "sections[0].criteria[1].points: A bonus needs points to add, a penalty points to take off (below 0)."),
        ("kind: information", "kind: information\n        weight: 3", "sections[0].criteria[2].weight: Information has no weight: leave it out."),
        ("        kind: information", "        weight: 1", "sections[0].criteria[2].options: At least two options are needed to choose from."),
        ("weight: 60", "weight: 0", "sections: Nothing gives a score yet: at least one scored criterion needs a weight above 0."),
        ("fail: card", "fail: [card]", "sections[0].criteria[0].options[0].fail: Write one of: criterion, section, card."),
        ("comment_required: true", "comment_required: yes", "sections[0].criteria[0].options[1].comment_required: Write true or false."),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_path(old, new, problem):
    assert refused(changed(old, new)) == [problem]


def test_an_unknown_fact_is_named_with_those_that_are_known():
    problem = refused(changed("fact: csat", "fact: mood"))

    assert [line.split(". Known")[0] for line in problem] == [
        "sections[0].criteria[1].visible_when.conditions[2].fact: “mood” is not a known fact"
    ]


def test_custom_metadata_can_be_asked_for():
    document = parse(changed("fact: csat", "fact: metadata.tier"))

    assert document.card.criterion("thanks").visible_when.conditions[2].fact == "metadata.tier"


def test_a_skill_must_exist_when_the_skills_are_known():
    assert refused(SMALL, skills={"adaptability", "problem-solving"}) == [
        "sections[0].criteria[0].skill: There is no skill “empathy”. Known are: adaptability, problem-solving."
    ]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("", "The file is empty."),
        ("\n  \n", "The file is empty."),
        (b"\xff\xfe\x00", "The file is not UTF-8 text (byte 0). Save it as UTF-8."),
        ("- a\n- b", "A rubric must be written as fields with names, such as “format: …”."),
        ("just words", "A rubric must be written as fields with names, such as “format: …”."),
        ("a: &x 1\nb: *x", "Line 2 uses a YAML alias (*x). Write the content out instead."),
        ("a: !!python/name:os.system x", "Line 1 uses a YAML tag (tag:yaml.org,2002:python/name:os.system). Leave it out."),
        ("a: !!float abc", "Line 1 uses a YAML tag (tag:yaml.org,2002:float). Leave it out."),
        ("name: A\nname: B", "The file is not valid YAML: the field “name” is written twice (line 2, column 1)."),
        ("1: a", "The file is not valid YAML: a field name must be text (line 1, column 1)."),
        ("[a]: b", "The file is not valid YAML: a field name must be text (line 1, column 1)."),
        ("[" * 50, "The file is nested more than 20 levels deep."),
        ('{"a": ' * 50 + "1" + "}" * 50, "The file is nested more than 20 levels deep."),
        ('{"a": ' * 100_000, "The file is nested more than 20 levels deep."),
        ("a" * 1_000_001, "The file is larger than 1 MB. A rubric is a few pages of text; is this the right file?"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(source, problem):
    assert refused(source) == [problem]


@pytest.mark.parametrize(
    "source", ['{"a": NaN}', '{"a": 1,}', '{"a": "\\ud800"}', "{", "a: [", "a: b: c", "\x00", "\ud800"]
)
def test_broken_json_and_yaml_are_refused(source):
    (problem,) = refused(source)

    assert problem.split(":")[0] in {"The file is not valid JSON", "The file is not valid YAML"}


def test_a_number_of_thousands_of_digits_is_refused():
    problems = refused('{"format": 1, "pass_mark": ' + "9" * 4000 + "}")

    assert "pass_mark: Write a number from 0 to 100, without quotes." in problems


def test_thousands_of_mistakes_are_cut_off_after_200():
    source = "format: 1\n" + "\n".join(f"field{number}: 1" for number in range(5000))

    assert len(refused(source)) == 200


def test_a_byte_order_mark_is_no_problem():
    assert parse(b"\xef\xbb\xbf" + SMALL.encode()) == parse(SMALL)
