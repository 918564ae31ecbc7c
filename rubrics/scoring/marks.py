"""Turn answers into marks: what each answer is, and what it is worth after its fails (rules 1 to 3 and 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from rubrics.card import Card, Criterion, FailScope, Kind, NotApplicablePolicy, Option, Owner, RootCause, Section
from rubrics.scoring.answers import NO_ANSWER, Answer, Facts, UnknownAnswer
from rubrics.scoring.asking import asked

ZERO = Decimal(0)
ONE = Decimal(1)


class State(StrEnum):
    """Say what became of a criterion."""

    SCORED = "scored"
    BONUS = "bonus"
    NOT_APPLICABLE = "not_applicable"
    NOT_ASKED = "not_asked"
    INFORMATION = "information"
    EXCLUDED = "excluded"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Hold one criterion with its answer judged.

    ``worth`` is what the answer would count by itself, in [0, 1]; ``value`` is what does count in the score, after
    root-cause exclusion and a failed section. Either is None when there is nothing to count.
    """

    criterion: Criterion
    section: Section
    state: State
    option: Option | None = None
    root_cause: RootCause | None = None
    worth: Decimal | None = None
    value: Decimal | None = None
    zeroed_by: str = ""

    @property
    def weighs(self) -> bool:
        """Say whether the criterion is one of those that make up the weighted mean."""
        return self.criterion.kind == Kind.SCORED

    @property
    def fails(self) -> FailScope:
        """Say how far the answer fails; only a scored answer can."""
        return self.option.fail_scope if self.option and self.state == State.SCORED else FailScope.NONE

    @property
    def foreign_owner(self) -> Owner | None:
        """Name the owner of the answer's root cause when that is not the agent."""
        owner = self.root_cause.owner if self.root_cause else Owner.AGENT
        return None if owner == Owner.AGENT else owner


def marks(card: Card, answers: Mapping[str, Answer], facts: Facts | None) -> tuple[Mark, ...]:
    """Judge every criterion of the card in order; raises UnknownAnswer for answers the card does not know."""
    refuse_unknown(card, answers)
    shown = asked(card, answers, facts=facts)
    judged = [
        _mark(card, section, criterion, answers.get(criterion.lineage, NO_ANSWER), criterion.lineage in shown)
        for section in card.sections
        for criterion in section.criteria
    ]
    return tuple(_with_failed_sections(judged))


def refuse_unknown(card: Card, answers: Mapping[str, Answer]) -> None:
    """Raise when an answer names something the card does not have; leaving it out would give a wrong score."""
    for lineage, answer in answers.items():
        criterion = card.criterion(lineage)
        if criterion is None:
            raise UnknownAnswer(f"The rubric has no criterion “{lineage}”.")
        if answer.option and criterion.option(answer.option) is None:
            raise UnknownAnswer(f"The criterion “{lineage}” has no option “{answer.option}”.")
        if answer.root_cause and criterion.root_cause(answer.root_cause) is None:
            raise UnknownAnswer(f"The criterion “{lineage}” has no root cause “{answer.root_cause}”.")


def _mark(card: Card, section: Section, criterion: Criterion, answer: Answer, is_asked: bool) -> Mark:
    if not is_asked:
        return Mark(criterion=criterion, section=section, state=State.NOT_ASKED)
    option = None if answer.not_applicable else criterion.option(answer.option)
    mark = Mark(
        criterion=criterion,
        section=section,
        state=_state(criterion, answer, option),
        option=option,
        root_cause=criterion.root_cause(answer.root_cause),
    )
    mark = replace(mark, worth=_worth(mark))
    if mark.fails in (FailScope.CRITERION, FailScope.SECTION):
        mark = replace(mark, zeroed_by=criterion.lineage)
    if card.excludes_foreign_causes and mark.worth is not None and mark.foreign_owner is not None:
        return replace(mark, state=State.EXCLUDED, zeroed_by="")
    return replace(mark, value=mark.worth)


def _state(criterion: Criterion, answer: Answer, option: Option | None) -> State:
    if criterion.kind == Kind.INFORMATION:
        return State.INFORMATION if answer.is_given else State.UNANSWERED
    if answer.not_applicable:
        return State.NOT_APPLICABLE
    if option is None:
        return State.UNANSWERED
    if option.value is None:
        return State.INFORMATION
    return State.BONUS if criterion.kind == Kind.BONUS else State.SCORED


def _worth(mark: Mark) -> Decimal | None:
    if mark.state == State.NOT_APPLICABLE:
        is_full = mark.weighs and mark.criterion.not_applicable == NotApplicablePolicy.FULL
        return ONE if is_full else None
    if mark.option is None or mark.state not in (State.SCORED, State.BONUS):
        return None
    return ZERO if mark.fails in (FailScope.CRITERION, FailScope.SECTION) else mark.option.value


def _with_failed_sections(judged: list[Mark]) -> list[Mark]:
    failed: dict[str, str] = {}
    for mark in judged:
        if mark.fails == FailScope.SECTION:
            failed.setdefault(mark.section.lineage, mark.criterion.lineage)
    return [
        replace(mark, value=ZERO, zeroed_by=mark.zeroed_by or failed[mark.section.lineage])
        if mark.section.lineage in failed and mark.weighs and mark.value is not None
        else mark
        for mark in judged
    ]
