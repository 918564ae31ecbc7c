"""Find what would make a card impossible to score by, with the path to each flaw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rubrics import facts
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
    Mode,
    Option,
)

MOST_SECTIONS = 100
MOST_CRITERIA = 200
MOST_OPTIONS = 30
MOST_ROOT_CAUSES = 30
MOST_POINTS = 500


@dataclass(frozen=True, slots=True)
class Flaw:
    """Name a place in a rubric, like ``sections[1].criteria[0].options``, and say what is wrong there."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}" if self.path else self.sentence


def flaws(card: Card) -> tuple[Flaw, ...]:
    """List all reasons why this card cannot be published; empty when it can."""
    return tuple(_Check(card).all())


class _Check:
    """Walk through one card, remembering the criteria that came before."""

    def __init__(self, card: Card) -> None:
        self._card = card
        self._earlier: dict[str, Criterion] = {}

    def all(self) -> Iterator[Flaw]:
        yield from self._of_card()
        yield from _doubles("sections", "lineage", (section.lineage for section in self._card.sections))
        for place, section in enumerate(self._card.sections):
            path = f"sections[{place}].criteria"
            if not section.criteria:
                yield Flaw(path, "A section needs at least one criterion.")
            for number, criterion in enumerate(section.criteria):
                inner = f"{path}[{number}]"
                if criterion.lineage in self._earlier:
                    yield Flaw(f"{inner}.lineage", f"“{criterion.lineage}” is used by an earlier criterion.")
                yield from self._of_criterion(inner, criterion)
                if criterion.lineage:
                    self._earlier[criterion.lineage] = criterion

    def _of_card(self) -> Iterator[Flaw]:
        card = self._card
        if not card.sections:
            yield Flaw("sections", "A rubric needs at least one section.")
        elif not any(_counts(card, section.weight) and _has_weight(section.criteria) for section in card.sections):
            yield Flaw("sections", "Nothing gives a score yet: at least one scored criterion needs a weight above 0.")
        if len(card.sections) > MOST_SECTIONS:
            yield Flaw("sections", f"A rubric may have up to {MOST_SECTIONS} sections.")
        if sum(1 for _ in card.criteria()) > MOST_CRITERIA:
            yield Flaw("sections", f"A rubric may have up to {MOST_CRITERIA} criteria.")
        if sum(abs(criterion.points) for criterion in card.criteria()) > MOST_POINTS:
            yield Flaw("sections", f"All bonuses and penalties together may have up to {MOST_POINTS} points.")

    def _of_criterion(self, path: str, criterion: Criterion) -> Iterator[Flaw]:
        yield from _doubles(f"{path}.options", "key", (option.key for option in criterion.options))
        yield from _doubles(f"{path}.root_causes", "key", (cause.key for cause in criterion.root_causes))
        if len(criterion.options) > MOST_OPTIONS:
            yield Flaw(f"{path}.options", f"A criterion may have up to {MOST_OPTIONS} options.")
        if len(criterion.root_causes) > MOST_ROOT_CAUSES:
            yield Flaw(f"{path}.root_causes", f"A criterion may have up to {MOST_ROOT_CAUSES} root causes.")
        yield from _of_kind(path, criterion)
        yield from self._of_visibility(f"{path}.visible_when", criterion)

    def _of_visibility(self, path: str, criterion: Criterion) -> Iterator[Flaw]:
        if criterion.visible_when is None:
            return
        if not criterion.visible_when.conditions:
            yield Flaw(f"{path}.conditions", "A visibility rule needs at least one condition.")
        for number, condition in enumerate(criterion.visible_when.conditions):
            inner = f"{path}.conditions[{number}]"
            if isinstance(condition, FactCondition):
                yield from _of_fact(inner, condition)
            else:
                yield from self._of_answer(inner, condition)

    def _of_answer(self, path: str, condition: AnswerCondition) -> Iterator[Flaw]:
        earlier = self._earlier.get(condition.criterion)
        if earlier is None:
            yield Flaw(
                f"{path}.criterion", f"“{condition.criterion}” is not an earlier criterion: a rule can only look back."
            )
            return
        known = {NOT_APPLICABLE, *(option.key for option in earlier.options)}
        for key in condition.options:
            if key not in known:
                yield Flaw(f"{path}.is", f"“{condition.criterion}” has no option “{key}”.")


def _counts(card: Card, section_weight: object) -> bool:
    return card.mode == Mode.POOLED or bool(section_weight)


def _has_weight(criteria: Iterable[Criterion]) -> bool:
    return any(criterion.kind == Kind.SCORED and criterion.weight > 0 for criterion in criteria)


def _doubles(path: str, name: str, values: Iterable[str]) -> Iterator[Flaw]:
    seen: set[str] = set()
    for number, value in enumerate(values):
        if value and value in seen:
            yield Flaw(f"{path}[{number}].{name}", f"“{value}” is used twice.")
        seen.add(value)


def _of_kind(path: str, criterion: Criterion) -> Iterator[Flaw]:
    if criterion.kind == Kind.INFORMATION:
        yield from _of_information(path, criterion)
        return
    if len(criterion.options) < 2:
        yield Flaw(f"{path}.options", "At least two options are needed to choose from.")
    for number, option in enumerate(criterion.options):
        if option.value is None:
            yield Flaw(f"{path}.options[{number}].value", "Give this option a value from 0 to 1.")
    if criterion.kind == Kind.SCORED and criterion.points:
        yield Flaw(f"{path}.points", "Only a bonus or penalty has points; a scored criterion has a weight.")
    if criterion.kind == Kind.BONUS:
        yield from _of_bonus(path, criterion)


def _of_bonus(path: str, criterion: Criterion) -> Iterator[Flaw]:
    if not criterion.points:
        yield Flaw(f"{path}.points", "A bonus needs points to add, a penalty points to take off (below 0).")
    yield from _unscored(path, criterion, "A bonus or penalty")


def _of_information(path: str, criterion: Criterion) -> Iterator[Flaw]:
    for number, option in enumerate(criterion.options):
        if option.value is not None:
            yield Flaw(f"{path}.options[{number}].value", "Information is not scored: leave the value out.")
    if criterion.points:
        yield Flaw(f"{path}.points", "Information is not scored: leave the points out.")
    yield from _unscored(path, criterion, "Information")


def _unscored(path: str, criterion: Criterion, what: str) -> Iterator[Flaw]:
    if criterion.weight:
        yield Flaw(f"{path}.weight", f"{what} has no weight: leave it out.")
    if criterion.dimension != Dimension.NONE:
        yield Flaw(f"{path}.dimension", f"{what} cannot hold a critical error: leave the dimension out.")
    for number, option in enumerate(criterion.options):
        if _fails(option):
            yield Flaw(f"{path}.options[{number}].fail", f"{what} cannot fail anything.")


def _fails(option: Option) -> bool:
    return option.fail_scope != FailScope.NONE


def _of_fact(path: str, condition: FactCondition) -> Iterator[Flaw]:
    if not facts.is_known(condition.fact):
        known = ", ".join(facts.FACTS)
        yield Flaw(f"{path}.fact", f"“{condition.fact}” is not a known fact. Known are {known} and metadata.….")
        return
    by_size = condition.comparison in (Comparison.AT_LEAST, Comparison.AT_MOST)
    if by_size and not facts.is_number(condition.fact):
        yield Flaw(f"{path}.{condition.comparison.value}", f"“{condition.fact}” is a word and has no size: use “is”.")
