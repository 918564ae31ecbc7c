"""Say in sentences what differs between two cards, and whether that needs a new version.

Whatever can move a score, or changes what a review asks for, needs one. Wording, guidance and the order of what is not
scored do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from rubrics import words
from rubrics.card import Card, Criterion, Kind, Mode, Option, RootCause, Section
from rubrics.rewording import Piece, pieces


class Effect(StrEnum):
    """Say what a change can do."""

    SCORE = "score"
    RULES = "rules"
    WORDING = "wording"


@dataclass(frozen=True, slots=True)
class Change:
    """Describe one difference in a sentence; a longer text that changed stands beside it as it was and as it is."""

    effect: Effect
    sentence: str
    before: str = ""
    after: str = ""

    @property
    def needs_new_version(self) -> bool:
        """Say whether a published version may not change like this."""
        return self.effect != Effect.WORDING

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Return the longer text word by word: what stayed, what went and what came."""
        return pieces(self.before, self.after) if self.before or self.after else ()


@dataclass(frozen=True, slots=True)
class _Field:
    """Name one property: where it is kept, how a sentence names it (with %(name)s) and how a value of it is written.

    A text without a writer is long: it stands beside the sentence.
    """

    name: str
    label: str
    effect: Effect
    write: Callable[[Any], str] | None = None


def _number(value: Decimal | None) -> str:
    return words.number(value) or _("none")


def _text(value: str) -> str:
    return _("“%(text)s”") % {"text": value} if value else _("nothing")


def _skill(value: str) -> str:
    return value.replace("-", " ") or _("none")


CARD_FIELDS = (
    _Field("mode", noop("How the score is made"), Effect.SCORE, words.mode),
    _Field("pass_mark", noop("The pass mark"), Effect.SCORE, _number),
    _Field("card_fail_zeroes_score", noop("“A card fail sets the score to 0”"), Effect.SCORE, words.flag),
    _Field("failing_dimensions", noop("What fails the outcome as a critical error"), Effect.SCORE, words.dimensions),
    _Field(
        "excludes_foreign_causes", noop("“Causes the agent does not own leave the score”"), Effect.SCORE, words.flag
    ),
)
CRITERION_FIELDS = (
    _Field("kind", noop("The kind of “%(name)s”"), Effect.SCORE, words.kind),
    _Field("weight", noop("The weight of “%(name)s”"), Effect.SCORE, _number),
    _Field("points", noop("The points of “%(name)s”"), Effect.SCORE, _number),
    _Field("skill", noop("The skill of “%(name)s”"), Effect.SCORE, _skill),
    _Field("not_applicable", noop("N/A in “%(name)s”"), Effect.SCORE, words.not_applicable),
    _Field("dimension", noop("An error in “%(name)s”"), Effect.SCORE, words.criticality),
    _Field("comment_rule", noop("When “%(name)s” needs a comment"), Effect.RULES, words.when_asked),
    _Field("evidence_rule", noop("When “%(name)s” needs evidence"), Effect.RULES, words.when_asked),
    _Field("name", noop("The name of “%(name)s”"), Effect.WORDING, _text),
    _Field("guidance", noop("The guidance of “%(name)s” reads differently."), Effect.WORDING),
)
OPTION_FIELDS = (
    _Field("value", noop("The value of “%(choice)s” in “%(name)s”"), Effect.SCORE, _number),
    _Field("fail_scope", noop("What “%(choice)s” in “%(name)s” fails"), Effect.SCORE, words.scope),
    _Field(
        "comment_required", noop("“Always needs a comment” for “%(choice)s” in “%(name)s”"), Effect.RULES, words.flag
    ),
    _Field("label", noop("The label of “%(choice)s” in “%(name)s”"), Effect.WORDING, _text),
    _Field("guidance", noop("When to choose “%(choice)s” in “%(name)s” reads differently."), Effect.WORDING),
)
ROOT_CAUSE_FIELDS = (
    _Field("owner", noop("The owner of the cause “%(choice)s” in “%(name)s”"), Effect.SCORE, words.owner),
    _Field("label", noop("The label of the cause “%(choice)s” in “%(name)s”"), Effect.WORDING, _text),
)


def changes(before: Card, after: Card) -> tuple[Change, ...]:
    """List what changed from one card to the next, in the order of the later card; what was removed comes last."""
    return (*_settings(before, after), *_sections(before, after), *_criteria(before, after))


def needs_new_version(before: Card, after: Card) -> bool:
    """Say whether any difference is more than wording."""
    return any(change.needs_new_version for change in changes(before, after))


def reworded(before: Card, after: Card) -> Card:
    """Return the earlier card in the words and the order of the later one, everything else as it was.

    Equal to the later card exactly when nothing but wording and order differs.
    """
    sections = {section.lineage: section for section in before.sections}
    criteria = {criterion.lineage: criterion for criterion in before.criteria()}
    return replace(
        before,
        sections=tuple(
            replace(
                sections[section.lineage],
                name=section.name,
                criteria=tuple(
                    _reworded(criteria[one.lineage], one) for one in section.criteria if one.lineage in criteria
                ),
            )
            for section in after.sections
            if section.lineage in sections
        ),
    )


def _reworded(before: Criterion, after: Criterion) -> Criterion:
    options = {option.key: option for option in after.options}
    causes = {cause.key: cause for cause in after.root_causes}
    return replace(
        before,
        name=after.name,
        guidance=after.guidance,
        options=tuple(
            replace(one, label=options[one.key].label, guidance=options[one.key].guidance)
            for one in before.options
            if one.key in options
        ),
        root_causes=tuple(replace(one, label=causes[one.key].label) for one in before.root_causes if one.key in causes),
    )


def _settings(before: Card, after: Card) -> Iterator[Change]:
    yield from _compare(before, after, CARD_FIELDS, {})


def _sections(before: Card, after: Card) -> Iterator[Change]:
    old = {section.lineage: section for section in before.sections}
    new = {section.lineage: section for section in after.sections}
    weight_counts = Mode.SECTIONED in (before.mode, after.mode)
    label, effect = noop("The weight of the section “%(name)s”"), Effect.SCORE if weight_counts else Effect.WORDING
    fields = (
        _Field("weight", label, effect, _number),
        _Field("name", noop("The name of the section “%(name)s”"), Effect.WORDING, _text),
    )
    for lineage, section in new.items():
        if lineage not in old:
            yield Change(Effect.SCORE, _("The section “%(name)s” is new.") % _named(section))
        else:
            yield from _compare(old[lineage], section, fields, _named(section))
    for lineage in [lineage for lineage in old if lineage not in new]:
        yield Change(Effect.SCORE, _("The section “%(name)s” was removed.") % _named(old[lineage]))
    if _moved(list(old), list(new)):
        yield Change(Effect.WORDING, _("The sections are in another order."))


def _criteria(before: Card, after: Card) -> Iterator[Change]:
    old, new = _placed(before), _placed(after)
    for lineage, (section, criterion) in new.items():
        if lineage not in old:
            yield Change(_effect_of(criterion), _("“%(name)s” is new.") % _named(criterion))
            continue
        former_section, former = old[lineage]
        if former_section.lineage != section.lineage:
            sentence = _("“%(name)s” moved to the section “%(section)s”.")
            names = {**_named(criterion), "section": section.name or section.lineage}
            yield Change(_effect_of(criterion), sentence % names)
        yield from _of_criterion(former, criterion)
        if former.visible_when != criterion.visible_when:
            yield _asked((former, before), (criterion, after))
    for lineage in [lineage for lineage in old if lineage not in new]:
        removed = old[lineage][1]
        yield Change(_effect_of(removed), _("“%(name)s” was removed.") % _named(removed))
    yield from _order(before, after)


def _asked(before: tuple[Criterion, Card], after: tuple[Criterion, Card]) -> Change:
    """Say when a criterion was asked, and when it is now; the conditions name criteria of their own card."""
    was, becomes = (
        words.visibility(one.visible_when, card) or _("Asked in every review.") for one, card in (before, after)
    )
    return Change(Effect.SCORE, _("When “%(name)s” is asked is different.") % _named(after[0]), was, becomes)


def _placed(card: Card) -> dict[str, tuple[Section, Criterion]]:
    return {criterion.lineage: (section, criterion) for section in card.sections for criterion in section.criteria}


def _effect_of(criterion: Criterion) -> Effect:
    return Effect.RULES if criterion.kind == Kind.INFORMATION else Effect.SCORE


def _of_criterion(before: Criterion, after: Criterion) -> Iterator[Change]:
    yield from _compare(before, after, CRITERION_FIELDS, _named(after))
    yield from _choices(before.options, after.options, OPTIONS, after, _effect_of(after))
    yield from _choices(before.root_causes, after.root_causes, CAUSES, after, Effect.RULES)


@dataclass(frozen=True, slots=True)
class _Choices:
    """Hold what is said about the rows of one kind: the options, or the root causes."""

    fields: tuple[_Field, ...]
    new: str
    removed: str
    order: str


OPTIONS = _Choices(
    OPTION_FIELDS,
    noop("The answer “%(choice)s” of “%(name)s” is new."),
    noop("The answer “%(choice)s” of “%(name)s” was removed."),
    noop("The answers of “%(name)s” are in another order."),
)
CAUSES = _Choices(
    ROOT_CAUSE_FIELDS,
    noop("The cause “%(choice)s” of “%(name)s” is new."),
    noop("The cause “%(choice)s” of “%(name)s” was removed."),
    noop("The causes of “%(name)s” are in another order."),
)


def _choices(
    before: Sequence[Option] | Sequence[RootCause],
    after: Sequence[Option] | Sequence[RootCause],
    what: _Choices,
    criterion: Criterion,
    effect: Effect,
) -> Iterator[Change]:
    old = {choice.key: choice for choice in before}
    new = {choice.key: choice for choice in after}
    for key, choice in new.items():
        names = {**_named(criterion), "choice": choice.label or key}
        if key not in old:
            yield Change(effect, _(what.new) % names)
        else:
            yield from _compare(old[key], choice, what.fields, names)
    for key in [key for key in old if key not in new]:
        yield Change(effect, _(what.removed) % {**_named(criterion), "choice": old[key].label or key})
    if _moved(list(old), list(new)):
        yield Change(Effect.RULES, _(what.order) % _named(criterion))


def _order(before: Card, after: Card) -> Iterator[Change]:
    """The order of scored criteria is what the keyboard and the eye of a reviewer go by; that of the others is not."""
    old = {section.lineage: section for section in before.sections}
    for section in after.sections:
        if section.lineage not in old:
            continue
        former, present = old[section.lineage].criteria, section.criteria
        if _moved(_lineages(former, scored_only=True), _lineages(present, scored_only=True)):
            yield Change(Effect.RULES, _("The criteria of “%(name)s” are in another order.") % _named(section))
        elif _moved(_lineages(former), _lineages(present)):
            sentence = _("What is not scored in “%(name)s” is in another order.")
            yield Change(Effect.WORDING, sentence % _named(section))


def _lineages(criteria: Sequence[Criterion], *, scored_only: bool = False) -> list[str]:
    return [one.lineage for one in criteria if not scored_only or one.kind != Kind.INFORMATION]


def _moved(before: list[str], after: list[str]) -> bool:
    common = set(before) & set(after)
    return [key for key in before if key in common] != [key for key in after if key in common]


def _compare(before: Any, after: Any, fields: tuple[_Field, ...], names: dict[str, str]) -> Iterator[Change]:
    for field in fields:
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old == new:
            continue
        label = _(field.label) % names
        if field.write is None:
            yield Change(field.effect, label, old, new)
        else:
            sentence = _("%(what)s went from %(old)s to %(new)s.")
            yield Change(field.effect, sentence % {"what": label, "old": field.write(old), "new": field.write(new)})


def _named(thing: Section | Criterion) -> dict[str, str]:
    return {"name": thing.name or thing.lineage}
