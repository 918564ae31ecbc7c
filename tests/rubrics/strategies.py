"""Random rubrics and answers for the property tests."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

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
from rubrics.scoring import Answer

CAUSES = tuple(RootCause(f"cause-{owner.value.replace('_', '-')}", owner.name, owner) for owner in Owner)
REAL_DIMENSIONS = [dimension for dimension in Dimension if dimension != Dimension.NONE]
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40).map(str.strip)
names = texts.filter(bool)
weights = st.decimals(min_value=0, max_value=100, places=2)
heavy_weights = st.decimals(min_value="0.01", max_value=100, places=2)


@st.composite
def scales(draw, *, fails=True):
    """Draw two to six options from 0 to 1; the best one never fails."""
    count = draw(st.integers(2, 6))
    values = [Decimal(step * 10000 // (count - 1)) / 10000 for step in range(count)]
    scopes = st.sampled_from(list(FailScope)) if fails else st.just(FailScope.NONE)
    return tuple(
        Option(
            key=f"option-{number}",
            value=value,
            label=draw(names),
            guidance=draw(texts),
            fail_scope=FailScope.NONE if number == count - 1 else draw(scopes),
            comment_required=draw(st.booleans()),
        )
        for number, value in enumerate(values)
    )


@st.composite
def criteria(draw, number=0, earlier=()):
    """Draw one criterion of any kind, which may hang on earlier ones and on facts."""
    kind = draw(st.sampled_from([Kind.SCORED, Kind.SCORED, Kind.SCORED, Kind.BONUS, Kind.INFORMATION]))
    made = Criterion(
        lineage=f"criterion-{number}",
        name=draw(names),
        guidance=draw(texts),
        kind=kind,
        comment_rule=draw(st.sampled_from(Rule)),
        evidence_rule=draw(st.sampled_from(Rule)),
        visible_when=draw(st.none() | rules(earlier)),
        root_causes=CAUSES if draw(st.booleans()) else (),
    )
    if kind == Kind.INFORMATION:
        options = (Option("first", None, draw(names)), Option("second", None, draw(names)))
        return replace(made, options=draw(st.sampled_from([(), options])))
    made = replace(
        made,
        skill=draw(st.sampled_from(["", "empathy", "adaptability"])),
        not_applicable=draw(st.sampled_from(NotApplicablePolicy)),
    )
    if kind == Kind.BONUS:
        points = draw(st.decimals(min_value=-20, max_value=20, places=1).filter(bool))
        return replace(made, options=draw(scales(fails=False)), points=points)
    dimension = draw(st.sampled_from(Dimension))
    return replace(made, options=draw(scales()), weight=draw(weights), dimension=dimension)


def rules(earlier):
    """Draw a visibility rule on earlier criteria and on facts."""
    facts = st.sampled_from(
        [
            FactCondition("channel", Comparison.IS, ("chat", "email")),
            FactCondition("channel", Comparison.IS_NOT, ("voice",)),
            FactCondition("reopen_count", Comparison.AT_LEAST, (Decimal(1),)),
            FactCondition("longest_response_seconds", Comparison.AT_MOST, (Decimal("90.5"),)),
        ]
    )
    conditions = facts
    if earlier:
        conditions |= st.sampled_from(earlier).map(
            lambda one: AnswerCondition(one.lineage, (*(option.key for option in one.options[:2]), NOT_APPLICABLE))
        )
    return st.builds(
        Visibility, st.lists(conditions, min_size=1, max_size=2).map(tuple), match=st.sampled_from(list(Match))
    )


@st.composite
def cards(draw):
    """Draw a card of one to three sections that any author could publish."""
    number, sections, earlier = 0, [], []
    for place in range(draw(st.integers(1, 3))):
        inside = []
        for _ in range(draw(st.integers(1, 4))):
            inside.append(draw(criteria(number, tuple(earlier))))
            earlier.append(inside[-1])
            number += 1
        if place == 0:
            inside.append(Criterion(lineage="core", name="Core", options=draw(scales()), weight=draw(heavy_weights)))
        weight = draw(heavy_weights if place == 0 else weights)
        sections.append(Section(lineage=f"section-{place}", name=draw(names), weight=weight, criteria=tuple(inside)))
    return Card(
        mode=draw(st.sampled_from(Mode)),
        pass_mark=draw(st.none() | st.decimals(min_value=0, max_value=100, places=2)),
        card_fail_zeroes_score=draw(st.booleans()),
        failing_dimensions=frozenset(draw(st.sets(st.sampled_from(REAL_DIMENSIONS)))),
        excludes_foreign_causes=draw(st.booleans()),
        sections=tuple(sections),
    )


@st.composite
def answers_to(draw, card):
    """Draw answers to some of a card's criteria, of some cards nothing but the best: their bonus goes over the top."""
    answers = {}
    only_best = draw(st.booleans())
    for criterion in card.criteria():
        causes = [cause.key for cause in criterion.root_causes]
        one_of = [st.just(Answer(not_applicable=True))]
        if criterion.options:
            keys = [option.key for option in criterion.options][-1 if only_best else 0 :]
            one_of.append(st.builds(Answer, option=st.sampled_from(keys), root_cause=st.sampled_from(["", *causes])))
        if criterion.kind == Kind.INFORMATION:
            one_of.append(st.just(Answer(text="Something worth knowing")))
        answer = draw(st.none() | st.one_of(one_of))
        if answer is not None:
            answers[criterion.lineage] = answer
    return answers


facts = st.fixed_dictionaries(
    {},
    optional={
        "channel": st.sampled_from(["chat", "email", "voice"]),
        "reopen_count": st.integers(0, 2),
        "longest_response_seconds": st.none() | st.floats(0, 300),
    },
)


@st.composite
def scored_cards(draw):
    """Draw a card, answers to it and facts."""
    card = draw(cards())
    return card, draw(answers_to(card)), draw(facts)
