"""Random rubrics and answers for the property tests.

Hypothesis chooses a number and some texts; chance, begun at that number, makes the card of them. To let hypothesis
choose each of a card's two hundred parts takes twenty times as long.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

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
KINDS = [Kind.SCORED, Kind.SCORED, Kind.SCORED, Kind.BONUS, Kind.INFORMATION]
FACTS = [
    FactCondition("channel", Comparison.IS, ("chat", "email")),
    FactCondition("channel", Comparison.IS_NOT, ("voice",)),
    FactCondition("reopen_count", Comparison.AT_LEAST, (Decimal(1),)),
    FactCondition("longest_response_seconds", Comparison.AT_MOST, (Decimal("90.5"),)),
]
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40).map(str.strip)
names = texts.filter(bool)
chances = st.integers(0, 2**64 - 1).map(random.Random)


@dataclass(frozen=True)
class Maker:
    """Makes cards that any author could publish, with these words on them."""

    chance: random.Random
    names: Sequence[str] = ("Word",)
    texts: Sequence[str] = ("",)

    def is_so(self) -> bool:
        return self.chance.random() < 0.5

    def one_of(self, choices: Any) -> Any:
        return self.chance.choice(list(choices))

    def number(self, low: int, high: int) -> int:
        """One of the whole numbers between two; the ends come up more often than by chance alone."""
        return self.chance.choice((low, high, *(self.chance.randint(low, high) for _ in range(6))))

    def weight(self, low: str = "0") -> Decimal:
        return Decimal(self.number(int(Decimal(low) * 100), 10_000)) / 100

    def scale(self, *, fails: bool = True) -> tuple[Option, ...]:
        """Two to six options from 0 to 1; the best one never fails."""
        count = self.number(2, 6)
        values = [Decimal(step * 10000 // (count - 1)) / 10000 for step in range(count)]
        scopes = FailScope if fails else [FailScope.NONE]
        return tuple(
            Option(
                key=f"option-{number}",
                value=value,
                label=self.one_of(self.names),
                guidance=self.one_of(self.texts),
                fail_scope=FailScope.NONE if number == count - 1 else self.one_of(scopes),
                comment_required=self.is_so(),
            )
            for number, value in enumerate(values)
        )

    def criterion(self, number: int, earlier: Sequence[Criterion]) -> Criterion:
        """One criterion of any kind, which may hang on earlier ones and on facts."""
        kind = self.one_of(KINDS)
        made = Criterion(
            lineage=f"criterion-{number}",
            name=self.one_of(self.names),
            guidance=self.one_of(self.texts),
            kind=kind,
            comment_rule=self.one_of(Rule),
            evidence_rule=self.one_of(Rule),
            visible_when=self.rule(earlier) if self.is_so() else None,
            root_causes=CAUSES if self.is_so() else (),
        )
        if kind == Kind.INFORMATION:
            labels = self.one_of(self.names), self.one_of(self.names)
            options = (Option("first", None, labels[0]), Option("second", None, labels[1]))
            return replace(made, options=self.one_of([(), options]))
        made = replace(
            made,
            skill=self.one_of(["", "empathy", "adaptability"]),
            not_applicable=self.one_of(NotApplicablePolicy),
        )
        if kind == Kind.BONUS:
            points = Decimal(self.number(1, 200) * self.one_of((-1, 1))) / 10
            return replace(made, options=self.scale(fails=False), points=points)
        return replace(made, options=self.scale(), weight=self.weight(), dimension=self.one_of(Dimension))

    def rule(self, earlier: Sequence[Criterion]) -> Visibility:
        """A visibility rule on earlier criteria and on facts."""
        conditions: Any = [
            self.one_of(FACTS) if not earlier or self.is_so() else _answered(self.one_of(earlier))
            for _ in range(self.number(1, 2))
        ]
        return Visibility(tuple(conditions), match=self.one_of(Match))

    def card(self) -> Card:
        """A card of one to three sections."""
        sections: list[Section] = []
        earlier: list[Criterion] = []
        for place in range(self.number(1, 3)):
            inside = []
            for _ in range(self.number(1, 4)):
                inside.append(self.criterion(len(earlier), earlier))
                earlier.append(inside[-1])
            if place == 0:
                core = Criterion(lineage="core", name="Core", options=self.scale(), weight=self.weight("0.01"))
                inside.append(core)
            weight = self.weight("0.01" if place == 0 else "0")
            name = self.one_of(self.names)
            sections.append(Section(lineage=f"section-{place}", name=name, weight=weight, criteria=tuple(inside)))
        return Card(
            mode=self.one_of(Mode),
            pass_mark=self.weight() if self.is_so() else None,
            card_fail_zeroes_score=self.is_so(),
            failing_dimensions=frozenset(one for one in REAL_DIMENSIONS if self.is_so()),
            excludes_foreign_causes=self.is_so(),
            sections=tuple(sections),
        )

    def answers(self, card: Card) -> dict[str, Answer]:
        """Answers to some of a card's criteria, of some cards nothing but the best: their bonus goes over the top."""
        only_best = self.is_so()
        given = {one.lineage: self.answer(one, only_best=only_best) for one in card.criteria() if self.is_so()}
        return {lineage: answer for lineage, answer in given.items() if answer is not None}

    def answer(self, criterion: Criterion, *, only_best: bool) -> Answer:
        """An answer that the criterion takes."""
        possible = [Answer(not_applicable=True)]
        if criterion.options:
            keys = [option.key for option in criterion.options][-1 if only_best else 0 :]
            causes = ["", *(cause.key for cause in criterion.root_causes)]
            possible.append(Answer(option=self.one_of(keys), root_cause=self.one_of(causes)))
        if criterion.kind == Kind.INFORMATION:
            possible.append(Answer(text="Something worth knowing"))
        return self.chance.choice(possible)

    def facts(self) -> dict[str, Any]:
        """What is known of a conversation, each of it or not."""
        every: dict[str, Any] = {
            "channel": self.one_of(["chat", "email", "voice"]),
            "reopen_count": self.number(0, 2),
            "longest_response_seconds": self.one_of([None, 0.0, 90.5, self.chance.uniform(0, 300)]),
        }
        return {name: value for name, value in every.items() if self.is_so()}


def _answered(one: Criterion) -> AnswerCondition:
    return AnswerCondition(one.lineage, (*(option.key for option in one.options[:2]), NOT_APPLICABLE))


@st.composite
def cards(draw):
    """Draw a card of one to three sections that any author could publish, with any words on it."""
    words = {
        "names": draw(st.lists(names, min_size=1, max_size=6)),
        "texts": draw(st.lists(texts, min_size=1, max_size=6)),
    }
    return Maker(draw(chances), **words).card()


def plain_cards():
    """Draw a card for what looks at no word on it."""
    return chances.map(lambda chance: Maker(chance).card())


def answers_to(card):
    """Draw answers to some of a card's criteria."""
    return chances.map(lambda chance: Maker(chance).answers(card))


facts = chances.map(lambda chance: Maker(chance).facts())


def scored_cards():
    """Draw a card, answers to it and facts."""

    def made(chance):
        maker = Maker(chance)
        card = maker.card()
        return card, maker.answers(card), maker.facts()

    return chances.map(made)
