"""Decide which criteria are asked, given the answers so far and the facts of the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from rubrics.card import (
    NOT_APPLICABLE,
    AnswerCondition,
    Card,
    Comparison,
    Condition,
    Criterion,
    FactCondition,
    FactValue,
    Match,
)
from rubrics.scoring.answers import NO_ANSWER, Answer, Facts


def asked(card: Card, answers: Mapping[str, Answer], *, facts: Facts | None = None) -> frozenset[str]:
    """Return the lineages of the criteria that are asked.

    A criterion without a rule is always asked. A condition on a criterion that is itself not asked, or not answered,
    does not hold, and neither does one on a fact that is not known. The order of the criteria does not matter.
    """
    return _Asking(card, answers, facts or {}).all()


class _Asking:
    """Follow the rules from criterion to criterion, each decided once."""

    def __init__(self, card: Card, answers: Mapping[str, Answer], facts: Facts) -> None:
        self._criteria = {criterion.lineage: criterion for criterion in card.criteria()}
        self._answers = answers
        self._facts = facts
        self._decided: dict[str, bool] = {}

    def all(self) -> frozenset[str]:
        return frozenset(lineage for lineage in self._criteria if self._is_asked(lineage))

    def _is_asked(self, lineage: str) -> bool:
        if lineage not in self._decided:
            # Rules that wait for each other would never end; the checks refuse them, here they hide each other.
            self._decided[lineage] = False
            self._decided[lineage] = self._rule_holds(self._criteria[lineage])
        return self._decided[lineage]

    def _rule_holds(self, criterion: Criterion) -> bool:
        rule = criterion.visible_when
        if rule is None:
            return True
        held = (self._condition_holds(condition) for condition in rule.conditions)
        return all(held) if rule.match == Match.ALL else any(held)

    def _condition_holds(self, condition: Condition) -> bool:
        if isinstance(condition, FactCondition):
            return fact_holds(condition, self._facts)
        return self._answer_holds(condition)

    def _answer_holds(self, condition: AnswerCondition) -> bool:
        if condition.criterion not in self._criteria or not self._is_asked(condition.criterion):
            return False
        answer = self._answers.get(condition.criterion, NO_ANSWER)
        given = NOT_APPLICABLE if answer.not_applicable else answer.option
        return given in condition.options


def fact_holds(condition: FactCondition, facts: Facts) -> bool:
    """Say whether a known fact compares as the condition asks."""
    known = facts.get(condition.fact)
    if known is None:
        return False
    fact = _comparable(known)
    if condition.comparison == Comparison.IS:
        return any(_same(fact, value) for value in condition.values)
    if condition.comparison == Comparison.IS_NOT:
        return not any(_same(fact, value) for value in condition.values)
    limit = condition.values[0]
    if not _is_number(fact) or not _is_number(limit):
        return False
    return fact >= limit if condition.comparison == Comparison.AT_LEAST else fact <= limit  # type: ignore[operator]


def _comparable(value: str | bool | int | float | Decimal) -> FactValue:
    return value if isinstance(value, str | bool | Decimal) else Decimal(str(value))


def _is_number(value: FactValue) -> bool:
    return isinstance(value, Decimal) and value.is_finite()


def _same(fact: FactValue, value: FactValue) -> bool:
    # In Python True == 1; a yes is not a one.
    return type(fact) is type(value) and fact == value
