"""List what a review still needs before it can be submitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from rubrics.card import Card, Criterion, Kind, NotApplicablePolicy, Option, Rule
from rubrics.scoring.answers import NO_ANSWER, Answer, Facts
from rubrics.scoring.asking import asked

HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Problem:
    """Say what one criterion still needs. ``code`` is stable; ``sentence`` is for people."""

    criterion: str
    code: str
    sentence: str


def problems(card: Card, answers: Mapping[str, Answer], *, facts: Facts | None = None) -> tuple[Problem, ...]:
    """List, in the order of the card, what is missing; empty when the review can be submitted.

    Criteria that are not asked need nothing. Information may be left out. Answers that the card does not know are
    listed too, so that a script that sends them learns why they are refused.
    """
    shown = asked(card, answers, facts=facts)
    found: list[Problem] = []
    for criterion in card.criteria():
        if criterion.lineage in shown:
            found.extend(_of(criterion, answers.get(criterion.lineage, NO_ANSWER)))
    strangers = [lineage for lineage in answers if card.criterion(lineage) is None]
    found.extend(Problem(name, "unknown_criterion", f"The rubric has no criterion “{name}”.") for name in strangers)
    return tuple(found)


def needs_comment(criterion: Criterion, option: Option) -> bool:
    """Say whether choosing this option asks for a comment."""
    return option.comment_required or _asks(criterion.comment_rule, option)


def needs_evidence(criterion: Criterion, option: Option) -> bool:
    """Say whether choosing this option asks for a pinned message."""
    return _asks(criterion.evidence_rule, option)


def _asks(rule: Rule, option: Option) -> bool:
    if rule == Rule.LOWEST:
        return option.is_error
    if rule == Rule.LOW:
        return option.is_error or (option.value is not None and option.value <= HALF)
    return rule == Rule.ALWAYS


def _of(criterion: Criterion, answer: Answer) -> Iterator[Problem]:
    name = f"“{criterion.name or criterion.lineage}”"
    if answer.root_cause and criterion.root_cause(answer.root_cause) is None:
        yield Problem(criterion.lineage, "unknown_root_cause", f"{name} has no root cause “{answer.root_cause}”.")
    if answer.not_applicable:
        if criterion.kind != Kind.INFORMATION and criterion.not_applicable == NotApplicablePolicy.FORBID:
            yield Problem(criterion.lineage, "not_applicable_forbidden", f"{name} always applies: choose an answer.")
        return
    if not answer.option:
        if criterion.kind != Kind.INFORMATION:
            yield Problem(criterion.lineage, "unanswered", f"{name} has no answer yet.")
        return
    option = criterion.option(answer.option)
    if option is None:
        yield Problem(criterion.lineage, "unknown_option", f"{name} has no option “{answer.option}”.")
        return
    yield from _of_option(criterion, option, answer)


def _of_option(criterion: Criterion, option: Option, answer: Answer) -> Iterator[Problem]:
    name, chosen = f"“{criterion.name or criterion.lineage}”", f"“{option.label or option.key}”"
    if needs_comment(criterion, option) and not answer.commented:
        sentence = f"{name}: the answer {chosen} needs a comment, so that the agent knows why."
        yield Problem(criterion.lineage, "comment_required", sentence)
    if needs_evidence(criterion, option) and answer.pins < 1:
        sentence = f"{name}: the answer {chosen} needs at least one pinned message as evidence."
        yield Problem(criterion.lineage, "evidence_required", sentence)
