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
    """Say what one criterion still needs. ``code`` is stable; ``rubrics.words.missing`` says it to people.

    ``name`` is what people call the criterion, ``given`` the answer or cause that this is about.
    """

    criterion: str
    code: str
    name: str = ""
    given: str = ""


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
    found.extend(Problem(name, "unknown_criterion", name) for name in strangers)
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
    lineage, name = criterion.lineage, criterion.name or criterion.lineage
    if answer.root_cause and criterion.root_cause(answer.root_cause) is None:
        yield Problem(lineage, "unknown_root_cause", name, answer.root_cause)
    if answer.not_applicable:
        if criterion.kind != Kind.INFORMATION and criterion.not_applicable == NotApplicablePolicy.FORBID:
            yield Problem(lineage, "not_applicable_forbidden", name)
        return
    if not answer.option:
        if criterion.kind != Kind.INFORMATION:
            yield Problem(lineage, "unanswered", name)
        return
    option = criterion.option(answer.option)
    if option is None:
        yield Problem(lineage, "unknown_option", name, answer.option)
        return
    yield from _of_option(criterion, option, answer)


def _of_option(criterion: Criterion, option: Option, answer: Answer) -> Iterator[Problem]:
    name, chosen = criterion.name or criterion.lineage, option.label or option.key
    if needs_comment(criterion, option) and not answer.commented:
        yield Problem(criterion.lineage, "comment_required", name, chosen)
    if needs_evidence(criterion, option) and answer.pins < 1:
        yield Problem(criterion.lineage, "evidence_required", name, chosen)
