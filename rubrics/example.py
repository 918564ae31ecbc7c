"""Work one score out step by step, so that people see what a card does before it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from rubrics.card import NOT_APPLICABLE, Card, Criterion, Kind, Mode, NotApplicablePolicy, Option, Section
from rubrics.scoring import Answer, Contribution, Score, score

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one criterion of the example: what was chosen, and what it adds."""

    criterion: Criterion
    chosen: str
    part: Contribution

    @property
    def product(self) -> str:
        """Write value × weight, or value × points for a bonus; empty when nothing counts."""
        if self.part.value is None:
            return ""
        factor = self.criterion.points if self.criterion.kind == Kind.BONUS else self.criterion.weight
        return f"{plain(self.part.value)} × {plain(factor)}"

    @property
    def earned(self) -> Decimal | None:
        """Return value × weight (or points); None when nothing counts."""
        if self.part.value is None:
            return None
        factor = self.criterion.points if self.criterion.kind == Kind.BONUS else self.criterion.weight
        return self.part.value * factor

    @property
    def is_zeroed(self) -> bool:
        """Say whether a failing option took the value away."""
        return bool(self.part.zeroed_by)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """List what can be chosen: nothing, the options, and N/A where it is allowed."""
        options = [(option.key, option.label or option.key) for option in self.criterion.options]
        allowed = self.criterion.not_applicable != NotApplicablePolicy.FORBID
        return [("", "–"), *options, *([(NOT_APPLICABLE, "N/A")] if allowed else [])]


@dataclass(frozen=True, slots=True)
class Part:
    """Hold one section of the example with its sums."""

    section: Section
    lines: tuple[Line, ...]
    mean: Decimal | None

    @property
    def earned(self) -> Decimal:
        """Add up value × weight."""
        return sum((line.earned or ZERO for line in self._counted()), ZERO)

    @property
    def weight(self) -> Decimal:
        """Add up the weights that count."""
        return sum((line.criterion.weight for line in self._counted()), ZERO)

    def _counted(self) -> list[Line]:
        return [line for line in self.lines if line.criterion.kind == Kind.SCORED and line.part.value is not None]


@dataclass(frozen=True, slots=True)
class Example:
    """Hold a worked example: the answers, the sums, and the score they give."""

    card: Card
    parts: tuple[Part, ...]
    score: Score

    @property
    def earned(self) -> Decimal:
        """Add up what the pooled score divides: Σ value × weight."""
        return sum((part.earned for part in self.parts), ZERO)

    @property
    def weight(self) -> Decimal:
        """Add up what the pooled score divides by: Σ weight."""
        return sum((part.weight for part in self.parts), ZERO)

    @property
    def is_sectioned(self) -> bool:
        """Say whether sections count by their own weight."""
        return self.card.mode == Mode.SECTIONED

    @property
    def sections_that_count(self) -> list[Part]:
        """List the sections that the sectioned score is made of."""
        return [part for part in self.parts if part.mean is not None and part.section.weight > 0]

    @property
    def section_weight(self) -> Decimal:
        """Add up the weights of the sections that count."""
        return sum((part.section.weight for part in self.sections_that_count), ZERO)


def example(card: Card, chosen: Mapping[str, str] | None = None) -> Example:
    """Score chosen option keys by lineage (``n/a`` for N/A); without any, a mixed set that shows how things count.

    What the card does not know is left out: this is a sketch pad, not a review. Facts are not known here, so criteria
    that wait for one are not asked.
    """
    keys = _known(card, chosen) if chosen is not None else mixed(card)
    result = score(card, {lineage: _answer(key) for lineage, key in keys.items()})
    parts = {part.criterion: part for part in result.contributions}
    means = {section.lineage: section.score for section in result.sections}
    return Example(
        card,
        tuple(
            Part(
                section,
                tuple(
                    Line(criterion, keys.get(criterion.lineage, ""), parts[criterion.lineage])
                    for criterion in section.criteria
                    if criterion.kind != Kind.INFORMATION
                ),
                means[section.lineage],
            )
            for section in card.sections
        ),
        result,
    )


def mixed(card: Card) -> dict[str, str]:
    """Choose the best everywhere, but a middle answer to the heaviest criterion and N/A to the lightest that may."""
    scored = [criterion for criterion in card.criteria() if criterion.kind == Kind.SCORED and criterion.options]
    keys = {criterion.lineage: _best(criterion).key for criterion in scored}
    keys |= {
        criterion.lineage: _worst(criterion).key
        for criterion in card.criteria()
        if criterion.kind == Kind.BONUS and criterion.options
    }
    by_weight = sorted(scored, key=lambda criterion: criterion.weight)
    if by_weight:
        heaviest = by_weight.pop()
        keys[heaviest.lineage] = _middle(heaviest).key
    left_out = next((one for one in by_weight if one.not_applicable == NotApplicablePolicy.EXCLUDE), None)
    if left_out is not None:
        keys[left_out.lineage] = NOT_APPLICABLE
    return keys


def plain(number: Decimal) -> str:
    """Write a number without needless zeros."""
    return f"{number.normalize():f}"


def _known(card: Card, chosen: Mapping[str, str]) -> dict[str, str]:
    known = {}
    for criterion in card.criteria():
        key = chosen.get(criterion.lineage, "")
        if key == NOT_APPLICABLE or criterion.option(key):
            known[criterion.lineage] = key
    return known


def _answer(key: str) -> Answer:
    return Answer(not_applicable=True) if key == NOT_APPLICABLE else Answer(option=key)


def _value(option: Option) -> Decimal:
    return ZERO if option.value is None else option.value


def _best(criterion: Criterion) -> Option:
    return max(criterion.options, key=_value)


def _worst(criterion: Criterion) -> Option:
    return min(criterion.options, key=_value)


def _middle(criterion: Criterion) -> Option:
    ordered = sorted(criterion.options, key=_value)
    return ordered[(len(ordered) - 1) // 2] if len(ordered) > 2 else ordered[-1]
