"""Lay one part of a draft out as a form: every field with its choices, in the words of the product."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from rubrics import facts, words
from rubrics.card import (
    NOT_APPLICABLE,
    AnswerCondition,
    Card,
    Comparison,
    Condition,
    Criterion,
    Dimension,
    FactCondition,
    FailScope,
    Kind,
    Match,
    Mode,
    NotApplicablePolicy,
    Owner,
    Rule,
)
from rubrics.editing.scales import Scale, scale_of
from rubrics.editing.sent import ANSWER, FACT, METADATA_SUBJECT

Choices = tuple[tuple[str, str], ...]


def kinds() -> Choices:
    """Say what a criterion can be for."""
    return (
        (Kind.SCORED, _("Scored")),
        (Kind.BONUS, _("Bonus or penalty")),
        (Kind.INFORMATION, _("Information only")),
    )


def scales() -> Choices:
    """Name the ready-made scales."""
    return (
        (Scale.BINARY, _("Yes or no")),
        (Scale.THREE, _("3 options")),
        (Scale.FOUR, _("4 options")),
        (Scale.FIVE, _("5 options")),
        (Scale.TEN, _("0 to 10")),
        (Scale.CUSTOM, _("Custom")),
        (Scale.INFORMATION, _("Information only")),
    )


def modes() -> Choices:
    """Say how the answers become one number."""
    return ((Mode.POOLED, _("Every criterion by its weight")), (Mode.SECTIONED, _("Sections by their weight")))


def policies() -> Choices:
    """Say what N/A can do."""
    return (
        (NotApplicablePolicy.EXCLUDE, _("Allowed, left out of the score")),
        (NotApplicablePolicy.FULL, _("Allowed, counts as full marks")),
        (NotApplicablePolicy.FORBID, _("Not allowed")),
    )


def dimensions() -> Choices:
    """Say for whom an error can be critical."""
    named = tuple((one.value, words.dimension(one)) for one in Dimension if one != Dimension.NONE)
    return ((Dimension.NONE.value, _("Not critical")), *named)


def scopes() -> Choices:
    """Say what an answer can fail."""
    return (
        (FailScope.NONE.value, _("Nothing")),
        (FailScope.CRITERION.value, _("The criterion")),
        (FailScope.SECTION.value, _("The section")),
        (FailScope.CARD.value, _("The card")),
    )


def rules() -> Choices:
    """Say when something is asked for."""
    return (
        (Rule.NEVER.value, _("Never asked for")),
        (Rule.LOWEST.value, _("For the lowest answer")),
        (Rule.LOW.value, _("For low answers")),
        (Rule.ALWAYS.value, _("For every answer")),
    )


def owners() -> Choices:
    """Name who can own a cause."""
    return tuple((owner.value, words.owner(owner)) for owner in Owner)


def matches() -> Choices:
    """Say how many conditions must hold."""
    return ((Match.ALL.value, _("all of these hold")), (Match.ANY.value, _("any of these holds")))


def comparisons(fact: str) -> Choices:
    """Say how a fact can be compared; only numbers have a size."""
    words_only = ((Comparison.IS.value, _("is one of")), (Comparison.IS_NOT.value, _("is none of")))
    if not facts.is_number(fact):
        return words_only
    return (
        (Comparison.AT_LEAST.value, _("is at least")),
        (Comparison.AT_MOST.value, _("is at most")),
        *words_only,
    )


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """Hold one condition of a visibility rule as the form shows it."""

    subject: str
    is_answer: bool
    options: tuple[tuple[str, str, bool], ...] = ()
    comparison: str = ""
    comparisons: Choices = ()
    values: str = ""
    metadata: str = ""
    is_metadata: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class CriterionForm:
    """Hold a criterion with everything its form offers."""

    criterion: Criterion
    number: int
    section: str
    sections: Choices
    scale: str
    skills: Choices
    subjects: tuple[tuple[str, Choices], ...]
    conditions: tuple[ConditionRow, ...]
    match: str
    was_weight: str
    is_new: bool
    kinds: Choices = field(default_factory=kinds)
    scales: Choices = field(default_factory=scales)
    policies: Choices = field(default_factory=policies)
    dimensions: Choices = field(default_factory=dimensions)
    scopes: Choices = field(default_factory=scopes)
    rules: Choices = field(default_factory=rules)
    owners: Choices = field(default_factory=owners)
    matches: Choices = field(default_factory=matches)

    @property
    def is_scored(self) -> bool:
        """Say whether the criterion has a weight."""
        return self.criterion.kind == Kind.SCORED

    @property
    def is_bonus(self) -> bool:
        """Say whether the criterion has points."""
        return self.criterion.kind == Kind.BONUS

    @property
    def has_values(self) -> bool:
        """Say whether its answers are worth something."""
        return self.criterion.kind != Kind.INFORMATION


def criterion_form(card: Card, criterion: Criterion, *, base: Card | None, skills: dict[str, str]) -> CriterionForm:
    """Lay a criterion of a card out as a form."""
    numbered = list(card.criteria())
    earlier = numbered[: numbered.index(criterion)]
    home = next(section for section in card.sections if criterion in section.criteria)
    before = base.criterion(criterion.lineage) if base else None
    rule = criterion.visible_when
    return CriterionForm(
        criterion=criterion,
        number=len(earlier) + 1,
        section=home.lineage,
        sections=tuple((section.lineage, section.name) for section in card.sections),
        scale=scale_of(criterion),
        skills=(("", _("None")), *skills.items()),
        subjects=_subjects(earlier),
        conditions=tuple(_condition(one, card) for one in rule.conditions) if rule else (),
        match=rule.match.value if rule else Match.ALL.value,
        was_weight=_was(before, criterion),
        is_new=base is not None and before is None,
    )


def _was(before: Criterion | None, criterion: Criterion) -> str:
    changed = before is not None and before.kind == criterion.kind == Kind.SCORED and before.weight != criterion.weight
    return words.number(before.weight) if before is not None and changed else ""


def _subjects(earlier: list[Criterion]) -> tuple[tuple[str, Choices], ...]:
    """Offer what a condition may ask about: earlier answers first, then facts of the conversation."""
    answers = tuple((f"{ANSWER}{one.lineage}", one.name) for one in earlier if one.options)
    known = tuple((f"{FACT}{name}", words.fact(name)) for name in facts.FACTS)
    asked = (*known, (METADATA_SUBJECT, _("a field of the metadata")))
    return ((_("Earlier answers"), answers), (_("Facts of the conversation"), asked))


def _condition(condition: Condition, card: Card) -> ConditionRow:
    if isinstance(condition, FactCondition):
        return _fact(condition)
    return _answer(condition, card)


def _answer(condition: AnswerCondition, card: Card) -> ConditionRow:
    earlier = card.criterion(condition.criterion)
    options = [(one.key, one.label) for one in earlier.options] if earlier else []
    if earlier and earlier.not_applicable != NotApplicablePolicy.FORBID:
        options.append((NOT_APPLICABLE, _("N/A")))
    chosen = tuple((key, label, key in condition.options) for key, label in options)
    return ConditionRow(f"{ANSWER}{condition.criterion}", is_answer=True, options=chosen)


def _fact(condition: FactCondition) -> ConditionRow:
    is_metadata = condition.fact.startswith(facts.METADATA)
    return ConditionRow(
        subject=METADATA_SUBJECT if is_metadata else f"{FACT}{condition.fact}",
        is_answer=False,
        comparison=condition.comparison.value,
        comparisons=comparisons(condition.fact),
        values=", ".join(_written(value) for value in condition.values),
        metadata=condition.fact.removeprefix(facts.METADATA) if is_metadata else "",
        is_metadata=is_metadata,
        hint=_hint(condition.fact),
    )


def _hint(fact: str) -> str:
    """Say what can be written as the value of a fact, where that is not plain."""
    if fact == "channel":
        sentence = _("Any of %(channels)s, with commas between.")
        return sentence % {"channels": ", ".join(facts.CHANNELS)}
    if fact == "language":
        return _("Short names such as en or pt-BR, with commas between.")
    return _("In seconds.") if fact.endswith("_seconds") else ""


def _written(value: str | bool | Decimal) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return words.number(value) if isinstance(value, Decimal) else value
