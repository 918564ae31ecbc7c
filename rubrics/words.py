"""Say in words what the settings of a card mean."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from rubrics.card import (
    NOT_APPLICABLE,
    AnswerCondition,
    Card,
    Comparison,
    Condition,
    Dimension,
    FactCondition,
    FailScope,
    Kind,
    Match,
    Mode,
    NotApplicablePolicy,
    Owner,
    Rule,
    Visibility,
)
from rubrics.scoring import Problem


def missing(problem: Problem) -> str:
    """Say what a criterion still needs, naming it."""
    sentences = {
        "unknown_criterion": _("The rubric has no criterion “%(name)s”."),
        "unknown_root_cause": _("“%(name)s” has no root cause “%(given)s”."),
        "unknown_option": _("“%(name)s” has no option “%(given)s”."),
        "not_applicable_forbidden": _("“%(name)s” always applies: choose an answer."),
        "unanswered": _("“%(name)s” has no answer yet."),
        "comment_required": _("“%(name)s”: the answer “%(given)s” needs a comment, so that the agent knows why."),
        "evidence_required": _("“%(name)s”: the answer “%(given)s” needs at least one pinned message as evidence."),
    }
    return sentences[problem.code] % {"name": problem.name, "given": problem.given}


def number(value: Decimal | None) -> str:
    """Write a number without needless zeros; empty for none."""
    return "" if value is None else f"{value.normalize():f}"


def settings_of(card: Card) -> list[tuple[str, str]]:
    """List the settings of a version, each with what it means."""
    failing = [_dimension(dimension) for dimension in Dimension if dimension in card.failing_dimensions]
    return [
        (
            _("Score"),
            _("Every criterion by its weight") if card.mode == Mode.POOLED else _("Sections by their weight"),
        ),
        (_("Pass from"), number(card.pass_mark) or _("No pass mark")),
        (
            _("When the card fails"),
            _("The score becomes 0") if card.card_fail_zeroes_score else _("The score stays, the outcome is fail"),
        ),
        (_("A critical error fails"), ", ".join(failing) or _("Nothing by itself")),
        (
            _("Causes the agent does not own"),
            _("Leave the score") if card.excludes_foreign_causes else _("Count, and are reported"),
        ),
    ]


def mode(value: Mode) -> str:
    """Say how the answers become one number, inside a sentence."""
    return _("every criterion by its weight") if value == Mode.POOLED else _("sections by their weight")


def flag(value: bool) -> str:
    """Write yes or no."""
    return _("yes") if value else _("no")


def dimensions(values: frozenset[Dimension]) -> str:
    """List whose critical errors are meant, inside a sentence."""
    return ", ".join(_dimension(one).lower() for one in Dimension if one in values) or _("nothing")


def kind(value: Kind) -> str:
    """Say what a criterion is for, inside a sentence."""
    return {
        Kind.SCORED: _("scored"),
        Kind.BONUS: _("bonus or penalty"),
        Kind.INFORMATION: _("information only"),
    }[value]


def criticality(value: Dimension) -> str:
    """Say for whom an error is critical, inside a sentence."""
    return dimension(value).lower() or _("not critical")


def scope(value: FailScope) -> str:
    """Name what an option fails, inside a sentence."""
    return {
        FailScope.NONE: _("nothing"),
        FailScope.CRITERION: _("the criterion"),
        FailScope.SECTION: _("the section"),
        FailScope.CARD: _("the card"),
    }[value]


def when_asked(value: Rule) -> str:
    """Say for which answers something is asked for, inside a sentence."""
    return rule(value) or _("never")


def dimension(value: Dimension) -> str:
    """Name for whom an error is critical."""
    return {
        Dimension.NONE: "",
        Dimension.CUSTOMER: _("Customer-critical"),
        Dimension.BUSINESS: _("Business-critical"),
        Dimension.COMPLIANCE: _("Compliance-critical"),
    }[value]


def _dimension(value: Dimension) -> str:
    return {
        Dimension.NONE: "",
        Dimension.CUSTOMER: _("Customer"),
        Dimension.BUSINESS: _("Business"),
        Dimension.COMPLIANCE: _("Compliance"),
    }[value]


def fails(scope: FailScope) -> str:
    """Say what an option fails."""
    return {
        FailScope.NONE: "",
        FailScope.CRITERION: _("Fails the criterion"),
        FailScope.SECTION: _("Fails the section"),
        FailScope.CARD: _("Fails the card"),
    }[scope]


def not_applicable(policy: NotApplicablePolicy) -> str:
    """Say what N/A does to the score."""
    return {
        NotApplicablePolicy.EXCLUDE: _("left out"),
        NotApplicablePolicy.FULL: _("counts as 1"),
        NotApplicablePolicy.FORBID: _("not allowed"),
    }[policy]


def rule(value: Rule) -> str:
    """Say for which answers something is asked for; empty for none."""
    return {
        Rule.NEVER: "",
        Rule.LOWEST: _("for the lowest answer"),
        Rule.LOW: _("for low answers"),
        Rule.ALWAYS: _("for every answer"),
    }[value]


def owner(value: Owner) -> str:
    """Name the owner of a root cause."""
    return {
        Owner.AGENT: _("Agent"),
        Owner.PROCESS: _("Process"),
        Owner.PRODUCT: _("Product"),
        Owner.KNOWLEDGE_BASE: _("Knowledge base"),
    }[value]


def fact(name: str) -> str:
    """Name a fact of a conversation as people say it."""
    return name.removeprefix("metadata.").replace("_", " ").replace("csat", "CSAT")


def visibility(value: Visibility | None, card: Card) -> str:
    """Say when a criterion is asked; empty when it always is."""
    if value is None:
        return ""
    conditions = [_condition(condition, card) for condition in value.conditions]
    joint = _(" and ") if value.match == Match.ALL else _(" or ")
    return _("Asked only when %(conditions)s.") % {"conditions": joint.join(conditions)}


def _condition(condition: Condition, card: Card) -> str:
    return _answer(condition, card) if isinstance(condition, AnswerCondition) else _fact(condition)


def _answer(condition: AnswerCondition, card: Card) -> str:
    earlier = card.criterion(condition.criterion)
    labels = []
    for key in condition.options:
        option = earlier.option(key) if earlier else None
        labels.append(_("N/A") if key == NOT_APPLICABLE else (option.label if option and option.label else key))
    name = earlier.name if earlier and earlier.name else condition.criterion
    return _("“%(name)s” is %(answers)s") % {"name": name, "answers": _(" or ").join(f"“{label}”" for label in labels)}


def _fact(condition: FactCondition) -> str:
    values = _(" or ").join(_value(value) for value in condition.values)
    sentence = {
        Comparison.IS: _("%(fact)s is %(values)s"),
        Comparison.IS_NOT: _("%(fact)s is not %(values)s"),
        Comparison.AT_LEAST: _("%(fact)s is at least %(values)s"),
        Comparison.AT_MOST: _("%(fact)s is at most %(values)s"),
    }[condition.comparison]
    return sentence % {"fact": fact(condition.fact), "values": values}


def _value(value: str | bool | Decimal) -> str:
    if isinstance(value, bool):
        return flag(value)
    return number(value) if isinstance(value, Decimal) else f"“{value}”"
