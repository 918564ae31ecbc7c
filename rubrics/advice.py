"""Find what is allowed and still probably a mistake: weights that cannot matter, questions nobody is ever asked.

`checks.flaws` lists what stops a publication; this lists what its author should look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from rubrics.card import Card, Criterion, Dimension, FailScope, Kind, Mode, NotApplicablePolicy, Owner, Section
from rubrics.editing.parts import SETTINGS, at_criterion, at_section
from rubrics.reachable import never_asked

LEAST_POINTS = Decimal(1)


@dataclass(frozen=True, slots=True)
class Advice:
    """Point to a part of the card (`at`), and say what its author may not have meant."""

    at: str
    sentence: str


def advice(card: Card) -> tuple[Advice, ...]:
    """List what is worth a second look, in the order of the card, the whole card first."""
    return (*_of_card(card), *_of_sections(card), *_of_criteria(card))


def _of_card(card: Card) -> Iterator[Advice]:
    scored = [one for one in card.criteria() if one.kind == Kind.SCORED and one.weight > 0]
    if scored and all(one.not_applicable != NotApplicablePolicy.FORBID for one in scored):
        sentence = _("Every scored criterion may be N/A, so a review can end without a score. Forbid N/A for one.")
        yield Advice(SETTINGS, sentence)
    if card.pass_mark is not None and card.pass_mark == 0:
        yield Advice(SETTINGS, _("With a pass mark of 0 everything passes."))
    for dimension in sorted(card.failing_dimensions):
        if not any(one.dimension == dimension for one in card.criteria()):
            sentence = _("%(dimension)s-critical errors fail the outcome, but no criterion is %(critical)s-critical.")
            yield Advice(SETTINGS, sentence % {"dimension": dimension.capitalize(), "critical": dimension})
    if card.excludes_foreign_causes and not _has_foreign_cause(card):
        sentence = _("Causes the agent does not own leave the score, but no criterion has such a cause.")
        yield Advice(SETTINGS, sentence)


def _has_foreign_cause(card: Card) -> bool:
    return any(cause.owner != Owner.AGENT for one in card.criteria() for cause in one.root_causes)


def _of_sections(card: Card) -> Iterator[Advice]:
    for section in card.sections:
        has_weight = any(one.kind == Kind.SCORED and one.weight > 0 for one in section.criteria)
        if card.mode == Mode.SECTIONED and section.weight == 0 and has_weight:
            sentence = _("“%(name)s” has weight 0: nothing answered in it can move the score.")
            yield Advice(at_section(section.lineage), sentence % {"name": section.name})
        if card.mode == Mode.SECTIONED and section.weight > 0 and section.criteria and not has_weight:
            sentence = _("The weight of “%(name)s” cannot matter: nothing in it is scored with a weight.")
            yield Advice(at_section(section.lineage), sentence % {"name": section.name})


def _of_criteria(card: Card) -> Iterator[Advice]:
    hidden = never_asked(card)
    names: dict[str, str] = {}
    for section in card.sections:
        for criterion in section.criteria:
            at = at_criterion(criterion.lineage)
            for sentence in _about(card, section, criterion, hidden):
                yield Advice(at, sentence)
            if criterion.name.casefold() in names:
                sentence = _("Another criterion is called “%(name)s” too; reviewers cannot tell them apart.")
                yield Advice(at, sentence % {"name": criterion.name})
            names[criterion.name.casefold()] = at


def _about(card: Card, section: Section, criterion: Criterion, hidden: dict[str, str]) -> Iterator[str]:
    if criterion.lineage in hidden:
        yield hidden[criterion.lineage]
    if criterion.kind == Kind.SCORED:
        yield from _of_weight(card, section, criterion)
    if criterion.kind != Kind.INFORMATION and len(criterion.options) > 1:
        yield from _of_scale(criterion)
        yield from _of_fails(criterion)
    yield from _of_words(criterion)
    if criterion.kind == Kind.SCORED and not criterion.skill:
        yield _("No skill is chosen, so coaching cannot build on this criterion.")


def _of_weight(card: Card, section: Section, criterion: Criterion) -> Iterator[str]:
    if criterion.weight == 0:
        yield _("The weight is 0: no answer can move the score. Make it information only, or give it a weight.")
        return
    points = _points(card, section, criterion)
    if points is not None and 0 < points < LEAST_POINTS:
        sentence = _("The weight can hardly matter: the worst answer costs %(points)s of 100 points.")
        yield sentence % {"points": f"{points:.2f}"}


def _points(card: Card, section: Section, criterion: Criterion) -> Decimal | None:
    """Return the points out of 100 that rest on a criterion when everything is answered."""
    inside = sum((one.weight for one in section.criteria if one.kind == Kind.SCORED), Decimal(0))
    if card.mode == Mode.POOLED:
        whole = sum((one.weight for one in card.criteria() if one.kind == Kind.SCORED), Decimal(0))
        return 100 * criterion.weight / whole if whole else None
    sections = sum((one.weight for one in card.sections), Decimal(0))
    return 100 * section.weight / sections * criterion.weight / inside if sections and inside else None


def _of_scale(criterion: Criterion) -> Iterator[str]:
    values = [option.value for option in criterion.options if option.value is not None]
    if not values:
        return
    if len(set(values)) == 1:
        yield _("All answers have the same value, so it does not matter which is chosen.")
        return
    fails = any(option.fail_scope != FailScope.NONE for option in criterion.options)
    if criterion.kind == Kind.SCORED and min(values) > 0 and not fails:
        sentence = _("The scale has no failing end: even the lowest answer earns %(value)s of the weight.")
        yield sentence % {"value": f"{min(values).normalize():f}"}
    if max(values) < 1:
        sentence = _("Nobody can earn all of it: the best answer is worth %(value)s.")
        yield sentence % {"value": f"{max(values).normalize():f}"}


def _of_fails(criterion: Criterion) -> Iterator[str]:
    best = max(criterion.options, key=lambda option: option.value or Decimal(0))
    if best.fail_scope != FailScope.NONE:
        yield _("The best answer, “%(label)s”, fails. Is that meant?") % {"label": best.label}
    for option in criterion.options:
        if option.fail_scope == FailScope.CRITERION and option.value:
            sentence = _("“%(label)s” fails the criterion, so its value of %(value)s never counts.")
            yield sentence % {"label": option.label, "value": f"{option.value.normalize():f}"}
    is_critical = criterion.dimension != Dimension.NONE
    if is_critical and not any(option.is_error for option in criterion.options):
        yield _("It is marked critical, but no answer is an error: none is worth 0 or fails anything.")


def _of_words(criterion: Criterion) -> Iterator[str]:
    labels = [option.label.casefold() for option in criterion.options]
    if len(set(labels)) < len(labels):
        yield _("Two answers have the same label.")
    if criterion.kind == Kind.INFORMATION:
        return
    if not criterion.guidance and not any(option.guidance for option in criterion.options):
        yield _("There is no guidance yet: reviewers will each decide in their own way.")
    elif any(not option.guidance for option in criterion.options if _is_between(option.value)):
        yield _("An answer in the middle has no guidance. It is the one that reviewers disagree about.")


def _is_between(value: Decimal | None) -> bool:
    return value is not None and 0 < value < 1
