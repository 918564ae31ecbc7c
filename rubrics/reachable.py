"""Find the criteria that no conversation and no answers can bring up."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from rubrics import facts
from rubrics.card import (
    NOT_APPLICABLE,
    AnswerCondition,
    Card,
    Comparison,
    Condition,
    Criterion,
    FactCondition,
    Kind,
    Match,
    NotApplicablePolicy,
)


def never_asked(card: Card) -> dict[str, str]:
    """Return the criteria (by lineage) that can never be asked, each with the reason in a sentence.

    Only what is certain is reported: a rule that contradicts itself, one that waits for an answer which does not
    exist, and one that rests on a criterion which is itself never asked.
    """
    found: dict[str, str] = {}
    for criterion in card.criteria():
        rule = criterion.visible_when
        if rule is None or not rule.conditions:
            continue
        impossible = [reason for one in rule.conditions if (reason := _impossible(one, card, found))]
        if impossible and (rule.match == Match.ALL or len(impossible) == len(rule.conditions)):
            found[criterion.lineage] = impossible[0]
        elif rule.match == Match.ALL and (clash := _clash(rule.conditions)):
            found[criterion.lineage] = clash
    return found


def _impossible(condition: Condition, card: Card, hidden: dict[str, str]) -> str:
    if isinstance(condition, FactCondition):
        return _of_no_channel(condition)
    earlier = card.criterion(condition.criterion)
    if earlier is None:
        return ""  # a flaw, which the checks name
    if earlier.lineage in hidden:
        return _("It is never asked: it waits for “%(name)s”, which is never asked either.") % {"name": earlier.name}
    if not any(_can_be(key, earlier) for key in condition.options):
        sentence = _("It is never asked: it waits for an answer to “%(name)s” that nobody can give.")
        return sentence % {"name": earlier.name}
    return ""


def _of_no_channel(condition: FactCondition) -> str:
    waits = condition.fact == "channel" and condition.comparison == Comparison.IS
    if not waits or any(value in facts.CHANNELS for value in condition.values):
        return ""
    sentence = _("It is never asked: a channel is one of %(channels)s.")
    return sentence % {"channels": ", ".join(facts.CHANNELS)}


def _can_be(key: str, criterion: Criterion) -> bool:
    if key == NOT_APPLICABLE:
        return criterion.kind == Kind.INFORMATION or criterion.not_applicable != NotApplicablePolicy.FORBID
    return criterion.option(key) is not None


def _clash(conditions: Iterable[Condition]) -> str:
    """Say when conditions that must all hold shut each other out."""
    answers: dict[str, set[str]] = {}
    words: dict[str, set[object]] = {}
    lowest: dict[str, Decimal] = {}
    highest: dict[str, Decimal] = {}
    for one in conditions:
        if isinstance(one, AnswerCondition):
            answers[one.criterion] = answers.get(one.criterion, set(one.options)) & set(one.options)
        elif one.comparison == Comparison.IS:
            words[one.fact] = words.get(one.fact, set(one.values)) & set(one.values)
        elif one.comparison == Comparison.AT_LEAST and isinstance(one.values[0], Decimal):
            lowest[one.fact] = max(one.values[0], lowest.get(one.fact, one.values[0]))
        elif one.comparison == Comparison.AT_MOST and isinstance(one.values[0], Decimal):
            highest[one.fact] = min(one.values[0], highest.get(one.fact, one.values[0]))
    if any(not left for left in answers.values()) or any(not left for left in words.values()):
        return _("It is never asked: its conditions contradict each other.")
    if any(lowest[fact] > highest[fact] for fact in lowest.keys() & highest.keys()):
        return _("It is never asked: no number is that large and that small at once.")
    return ""
