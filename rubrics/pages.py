"""Lay a card out for reading: numbers, words and shares, ready for the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from rubrics import words
from rubrics.card import Card, Criterion, FailScope, Kind, Mode, NotApplicablePolicy, Option, Section
from rubrics.scoring.missing import needs_comment, needs_evidence


@dataclass(frozen=True, slots=True)
class OptionRow:
    """Hold one line of the table of options."""

    key: str
    label: str
    guidance: str
    value: str
    fails: str
    fails_card: bool
    comment: bool
    evidence: bool


@dataclass(frozen=True, slots=True)
class CriterionView:
    """Hold one criterion as it is read."""

    number: int
    criterion: Criterion
    skill: str
    weight: str
    share: Decimal | None
    dimension: str
    visible: str
    options: tuple[OptionRow, ...]
    root_causes: tuple[tuple[str, str], ...]

    @property
    def is_scored(self) -> bool:
        """Say whether the criterion is part of the weighted mean."""
        return self.criterion.kind == Kind.SCORED

    @property
    def is_bonus(self) -> bool:
        """Say whether the criterion adds or takes points."""
        return self.criterion.kind == Kind.BONUS

    @property
    def fails_card(self) -> bool:
        """Say whether an answer here can fail the card."""
        return any(option.fails_card for option in self.options)

    @property
    def has_rules(self) -> bool:
        """Say whether any answer asks for a comment or evidence."""
        return any(option.comment or option.evidence for option in self.options)


@dataclass(frozen=True, slots=True)
class SectionView:
    """Hold one section as it is read."""

    section: Section
    weight: str
    criteria: tuple[CriterionView, ...]


def sections_of(card: Card, skills: Mapping[str, str]) -> list[SectionView]:
    """Lay out all sections; ``skills`` gives names by slug."""
    shares = shares_of(card)
    number = 0
    laid_out = []
    for section in card.sections:
        views = []
        for criterion in section.criteria:
            number += 1
            views.append(_criterion(number, criterion, card, skills, shares.get(criterion.lineage)))
        laid_out.append(SectionView(section, _section_weight(card, section), tuple(views)))
    return laid_out


def shares_of(card: Card) -> dict[str, Decimal]:
    """Return the share (0–1) of the whole card that rests on each scored criterion when all are answered."""
    groups = [[c for c in section.criteria if c.kind == Kind.SCORED] for section in card.sections]
    if card.mode == Mode.POOLED:
        weights = [sum((c.weight for c in group), Decimal(0)) for group in groups]
    else:
        weights = [section.weight for section in card.sections]
    filled = [
        (group, weight, inner)
        for group, weight in zip(groups, weights, strict=True)
        if (inner := sum((c.weight for c in group), Decimal(0)))
    ]
    whole = sum((weight for _group, weight, _inner in filled), Decimal(0))
    if not whole:
        return {}
    return {c.lineage: weight / whole * c.weight / inner for group, weight, inner in filled for c in group}


def _section_weight(card: Card, section: Section) -> str:
    if card.mode == Mode.SECTIONED:
        return words.number(section.weight)
    return words.number(sum((c.weight for c in section.criteria if c.kind == Kind.SCORED), Decimal(0)))


def _criterion(
    number: int, criterion: Criterion, card: Card, skills: Mapping[str, str], share: Decimal | None
) -> CriterionView:
    factor = criterion.points if criterion.kind == Kind.BONUS else criterion.weight
    return CriterionView(
        number=number,
        criterion=criterion,
        skill=skills.get(criterion.skill, criterion.skill),
        weight=words.number(factor),
        share=share,
        dimension=words.dimension(criterion.dimension),
        visible=words.visibility(criterion.visible_when, card),
        options=_options(criterion),
        root_causes=tuple((cause.label, words.owner(cause.owner)) for cause in criterion.root_causes),
    )


def _options(criterion: Criterion) -> tuple[OptionRow, ...]:
    rows = [_option(key, criterion, one) for key, one in criterion.keyed]
    if criterion.kind != Kind.INFORMATION and criterion.not_applicable != NotApplicablePolicy.FORBID:
        value = _("adds nothing") if criterion.kind == Kind.BONUS else words.not_applicable(criterion.not_applicable)
        rows.append(OptionRow("n", _("N/A"), "", value, "", False, False, False))
    return tuple(rows)


def _option(key: str, criterion: Criterion, option: Option) -> OptionRow:
    return OptionRow(
        key=key,
        label=option.label,
        guidance=option.guidance,
        value=words.number(option.value),
        fails=words.fails(option.fail_scope),
        fails_card=option.fail_scope == FailScope.CARD,
        comment=needs_comment(criterion, option),
        evidence=needs_evidence(criterion, option),
    )
