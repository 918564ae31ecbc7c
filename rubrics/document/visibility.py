"""Read and write visibility rules; the same plain shape is used in files and in the database."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from rubrics.card import (
    NOT_APPLICABLE,
    AnswerCondition,
    Comparison,
    Condition,
    FactCondition,
    FactValue,
    Match,
    Visibility,
)
from rubrics.document.nodes import Node

MOST_CONDITIONS = 20
MOST_VALUES = 30
LONGEST_FACT = 120
COMPARISONS = tuple(comparison.value for comparison in Comparison)


def read_visibility(node: Node) -> Visibility | None:
    """Read a rule from plain content; None stands for no rule."""
    if node.value is None:
        return None
    fields = node.fields(_("A visibility rule"), known=("match", "conditions"))
    match = fields.choice("match", Match.ALL)
    read = [_condition(item) for item in fields.items("conditions", most=MOST_CONDITIONS, required=True)]
    return Visibility(tuple(condition for condition in read if condition), match)


def visibility_from_stored(plain: dict[str, Any]) -> Visibility | None:
    """Read a rule as it was stored; what is stored was read from a file or a form before."""
    if not plain:
        return None
    found: list[Any] = []
    rule = read_visibility(Node(_with_decimals(plain), "visible_when", found))
    if found:
        raise ValueError(f"The stored visibility rule cannot be read: {found[0]}")
    return rule


def visibility_to_plain(rule: Visibility | None) -> dict[str, Any]:
    """Write a rule as plain content; empty for no rule."""
    if rule is None:
        return {}
    conditions = [_plain_condition(condition) for condition in rule.conditions]
    return {"match": rule.match.value, "conditions": conditions}


def visibility_to_store(rule: Visibility | None) -> dict[str, Any]:
    """Write a rule for a JSON column, numbers as JSON numbers."""
    stored: dict[str, Any] = _without_decimals(visibility_to_plain(rule))
    return stored


def _condition(node: Node) -> Condition | None:
    is_about_answer = isinstance(node.value, dict) and "criterion" in node.value
    if is_about_answer:
        fields = node.fields(_("A condition on an answer"), known=("criterion", "is"))
        options = tuple(_option_key(item) for item in fields.items("is", most=MOST_VALUES, required=True))
        return AnswerCondition(fields.slug("criterion", longest=80), options)
    fields = node.fields(_("A condition"), known=("fact", *COMPARISONS))
    given = [comparison for comparison in COMPARISONS if comparison in fields.values]
    if len(given) != 1:
        if not fields.broken:
            node.say(_("Compare the fact in one way: %(ways)s."), ways=", ".join(COMPARISONS))
        return None
    return FactCondition(
        fields.text("fact", longest=LONGEST_FACT, required=True),
        Comparison(given[0]),
        _values(node.child(given[0], fields.values[given[0]]), Comparison(given[0])),
    )


def _option_key(node: Node) -> str:
    return NOT_APPLICABLE if node.value == NOT_APPLICABLE else node.slug(longest=60)


def _values(node: Node, comparison: Comparison) -> tuple[FactValue, ...]:
    if comparison in (Comparison.AT_LEAST, Comparison.AT_MOST):
        return (node.number(lowest=-1_000_000_000, highest=1_000_000_000),)
    items = node.items(most=MOST_VALUES)
    if isinstance(node.value, list) and not items:
        node.say(_("Write at least one value."))
    return tuple(_value(item) for item in items)


def _value(node: Node) -> FactValue:
    if isinstance(node.value, Decimal):
        return node.number(lowest=-1_000_000_000, highest=1_000_000_000)
    if isinstance(node.value, bool):
        return node.value
    return node.text(longest=200)


def _plain_condition(condition: Condition) -> dict[str, Any]:
    if isinstance(condition, AnswerCondition):
        return {"criterion": condition.criterion, "is": list(condition.options)}
    by_size = condition.comparison in (Comparison.AT_LEAST, Comparison.AT_MOST)
    values: Any = condition.values[0] if by_size else list(condition.values)
    return {"fact": condition.fact, condition.comparison.value: values}


def _with_decimals(plain: Any) -> Any:
    if isinstance(plain, dict):
        return {key: _with_decimals(value) for key, value in plain.items()}
    if isinstance(plain, list):
        return [_with_decimals(value) for value in plain]
    if isinstance(plain, int | float) and not isinstance(plain, bool):
        return Decimal(repr(plain))
    return plain


def _without_decimals(plain: Any) -> Any:
    if isinstance(plain, dict):
        return {key: _without_decimals(value) for key, value in plain.items()}
    if isinstance(plain, list):
        return [_without_decimals(value) for value in plain]
    if isinstance(plain, Decimal):
        return int(plain) if plain == plain.to_integral_value() else float(plain)
    return plain
