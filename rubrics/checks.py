"""Find what would make a card impossible to score by, with the path to each flaw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

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


def _flaw(path: str, sentence: str, **words: object) -> Flaw:
    return Flaw(path, sentence % words)


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
                yield Flaw(path, _("A section needs at least one criterion."))
            for number, criterion in enumerate(section.criteria):
                inner = f"{path}[{number}]"
                if criterion.lineage in self._earlier:
                    yield _flaw(
                        f"{inner}.lineage",
                        _("“%(lineage)s” is used by an earlier criterion."),
                        lineage=criterion.lineage,
                    )
                yield from self._of_criterion(inner, criterion)
                if criterion.lineage:
                    self._earlier[criterion.lineage] = criterion

    def _of_card(self) -> Iterator[Flaw]:
        card = self._card
        if not card.sections:
            yield Flaw("sections", _("A rubric needs at least one section."))
        elif not any(_counts(card, section.weight) and _has_weight(section.criteria) for section in card.sections):
            yield Flaw(
                "sections", _("Nothing gives a score yet: at least one scored criterion needs a weight above 0.")
            )
        if len(card.sections) > MOST_SECTIONS:
            yield _flaw("sections", _("A rubric may have up to %(most)s sections."), most=MOST_SECTIONS)
        if len(tuple(card.criteria())) > MOST_CRITERIA:
            yield _flaw("sections", _("A rubric may have up to %(most)s criteria."), most=MOST_CRITERIA)
        if sum(abs(criterion.points) for criterion in card.criteria()) > MOST_POINTS:
            yield _flaw(
                "sections", _("All bonuses and penalties together may have up to %(most)s points."), most=MOST_POINTS
            )

    def _of_criterion(self, path: str, criterion: Criterion) -> Iterator[Flaw]:
        yield from _doubles(f"{path}.options", "key", (option.key for option in criterion.options))
        yield from _doubles(f"{path}.root_causes", "key", (cause.key for cause in criterion.root_causes))
        if len(criterion.options) > MOST_OPTIONS:
            yield _flaw(f"{path}.options", _("A criterion may have up to %(most)s options."), most=MOST_OPTIONS)
        if len(criterion.root_causes) > MOST_ROOT_CAUSES:
            yield _flaw(
                f"{path}.root_causes", _("A criterion may have up to %(most)s root causes."), most=MOST_ROOT_CAUSES
            )
        yield from _of_kind(path, criterion)
        yield from self._of_visibility(f"{path}.visible_when", criterion)

    def _of_visibility(self, path: str, criterion: Criterion) -> Iterator[Flaw]:
        if criterion.visible_when is None:
            return
        if not criterion.visible_when.conditions:
            yield Flaw(f"{path}.conditions", _("A visibility rule needs at least one condition."))
        for number, condition in enumerate(criterion.visible_when.conditions):
            inner = f"{path}.conditions[{number}]"
            if isinstance(condition, FactCondition):
                yield from _of_fact(inner, condition)
            else:
                yield from self._of_answer(inner, condition)

    def _of_answer(self, path: str, condition: AnswerCondition) -> Iterator[Flaw]:
        earlier = self._earlier.get(condition.criterion)
        if earlier is None:
            sentence = _("“%(criterion)s” is not an earlier criterion: a rule can only look back.")
            yield _flaw(f"{path}.criterion", sentence, criterion=condition.criterion)
            return
        known = {NOT_APPLICABLE, *(option.key for option in earlier.options)}
        for key in condition.options:
            if key not in known:
                yield _flaw(
                    f"{path}.is", _("“%(criterion)s” has no option “%(key)s”."), criterion=condition.criterion, key=key
                )


def _counts(card: Card, section_weight: object) -> bool:
    return card.mode == Mode.POOLED or bool(section_weight)


def _has_weight(criteria: Iterable[Criterion]) -> bool:
    return any(criterion.kind == Kind.SCORED and criterion.weight > 0 for criterion in criteria)


def _doubles(path: str, name: str, values: Iterable[str]) -> Iterator[Flaw]:
    seen: set[str] = set()
    for number, value in enumerate(values):
        if value and value in seen:
            yield _flaw(f"{path}[{number}].{name}", _("“%(value)s” is used twice."), value=value)
        seen.add(value)


def _of_kind(path: str, criterion: Criterion) -> Iterator[Flaw]:
    if criterion.kind == Kind.INFORMATION:
        yield from _of_information(path, criterion)
        return
    if len(criterion.options) < 2:
        yield Flaw(f"{path}.options", _("At least two options are needed to choose from."))
    for number, option in enumerate(criterion.options):
        if option.value is None:
            yield Flaw(f"{path}.options[{number}].value", _("Give this option a value from 0 to 1."))
    if criterion.kind == Kind.SCORED and criterion.points:
        yield Flaw(f"{path}.points", _("Only a bonus or penalty has points; a scored criterion has a weight."))
    if criterion.kind == Kind.BONUS:
        yield from _of_bonus(path, criterion)


def _of_bonus(path: str, criterion: Criterion) -> Iterator[Flaw]:
    if not criterion.points:
        yield Flaw(f"{path}.points", _("A bonus needs points to add, a penalty points to take off (below 0)."))
    yield from _unscored(
        path,
        criterion,
        weight=_("A bonus or penalty has no weight: leave it out."),
        dimension=_("A bonus or penalty cannot hold a critical error: leave the dimension out."),
        fail=_("A bonus or penalty cannot fail anything."),
    )


def _of_information(path: str, criterion: Criterion) -> Iterator[Flaw]:
    for number, option in enumerate(criterion.options):
        if option.value is not None:
            yield Flaw(f"{path}.options[{number}].value", _("Information is not scored: leave the value out."))
    if criterion.points:
        yield Flaw(f"{path}.points", _("Information is not scored: leave the points out."))
    yield from _unscored(
        path,
        criterion,
        weight=_("Information has no weight: leave it out."),
        dimension=_("Information cannot hold a critical error: leave the dimension out."),
        fail=_("Information cannot fail anything."),
    )


def _unscored(path: str, criterion: Criterion, *, weight: str, dimension: str, fail: str) -> Iterator[Flaw]:
    """Find what only a scored criterion has, each with its sentence."""
    if criterion.weight:
        yield Flaw(f"{path}.weight", weight)
    if criterion.dimension != Dimension.NONE:
        yield Flaw(f"{path}.dimension", dimension)
    for number, option in enumerate(criterion.options):
        if _fails(option):
            yield Flaw(f"{path}.options[{number}].fail", fail)


def _fails(option: Option) -> bool:
    return option.fail_scope != FailScope.NONE


def _of_fact(path: str, condition: FactCondition) -> Iterator[Flaw]:
    if not facts.is_known(condition.fact):
        known = ", ".join(facts.FACTS)
        yield _flaw(
            f"{path}.fact",
            _("“%(fact)s” is not a known fact. Known are %(known)s and metadata.…."),
            fact=condition.fact,
            known=known,
        )
        return
    by_size = condition.comparison in (Comparison.AT_LEAST, Comparison.AT_MOST)
    if by_size and not facts.is_number(condition.fact):
        yield _flaw(
            f"{path}.{condition.comparison.value}",
            _("“%(fact)s” is a word and has no size: use “is”."),
            fact=condition.fact,
        )
