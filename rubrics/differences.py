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

from rubrics.card import Card, Criterion, Dimension, Kind, Mode, Option, RootCause, Section


class Effect(StrEnum):
    """Say what a change can do."""

    SCORE = "score"
    RULES = "rules"
    WORDING = "wording"


@dataclass(frozen=True, slots=True)
class Change:
    """Describe one difference in a sentence."""

    effect: Effect
    sentence: str

    @property
    def needs_new_version(self) -> bool:
        """Say whether a published version may not change like this."""
        return self.effect != Effect.WORDING


@dataclass(frozen=True, slots=True)
class _Field:
    """Name one property: where it is kept, what people call it and how to write a value of it."""

    name: str
    words: str
    effect: Effect
    write: Callable[[Any], str] | None = None


def _number(value: Decimal | None) -> str:
    return "none" if value is None else f"{value.normalize():f}"


def _word(value: Any) -> str:
    return value.value.replace("_", " ") or "none"


def _flag(value: bool) -> str:
    return "yes" if value else "no"


def _dimensions(value: frozenset[Dimension]) -> str:
    return ", ".join(sorted(dimension.value for dimension in value)) or "none"


def _text(value: str) -> str:
    return value or "none"


CARD_FIELDS = (
    _Field("mode", "The mode", Effect.SCORE, _word),
    _Field("pass_mark", "The pass mark", Effect.SCORE, _number),
    _Field("card_fail_zeroes_score", "“A card fail sets the score to 0”", Effect.SCORE, _flag),
    _Field("failing_dimensions", "The dimensions that fail the outcome", Effect.SCORE, _dimensions),
    _Field("excludes_foreign_causes", "“Causes the agent does not own leave the score”", Effect.SCORE, _flag),
)
CRITERION_FIELDS = (
    _Field("kind", "The kind", Effect.SCORE, _word),
    _Field("weight", "The weight", Effect.SCORE, _number),
    _Field("points", "The points", Effect.SCORE, _number),
    _Field("skill", "The skill", Effect.SCORE, _text),
    _Field("not_applicable", "What N/A does", Effect.SCORE, _word),
    _Field("dimension", "The dimension", Effect.SCORE, _word),
    _Field("visible_when", "The visibility rule", Effect.SCORE),
    _Field("comment_rule", "The comment rule", Effect.RULES, _word),
    _Field("evidence_rule", "The evidence rule", Effect.RULES, _word),
    _Field("name", "The name", Effect.WORDING, _text),
    _Field("guidance", "The guidance", Effect.WORDING),
)
OPTION_FIELDS = (
    _Field("value", "The value", Effect.SCORE, _number),
    _Field("fail_scope", "What it fails", Effect.SCORE, _word),
    _Field("comment_required", "“Needs a comment”", Effect.RULES, _flag),
    _Field("label", "The label", Effect.WORDING, _text),
    _Field("guidance", "The guidance", Effect.WORDING),
)
ROOT_CAUSE_FIELDS = (
    _Field("owner", "The owner", Effect.SCORE, _word),
    _Field("label", "The label", Effect.WORDING, _text),
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
    yield from _compare(before, after, CARD_FIELDS, "")


def _sections(before: Card, after: Card) -> Iterator[Change]:
    old = {section.lineage: section for section in before.sections}
    new = {section.lineage: section for section in after.sections}
    weight_counts = Mode.SECTIONED in (before.mode, after.mode)
    weight = _Field("weight", "The weight", Effect.SCORE if weight_counts else Effect.WORDING, _number)
    fields = (weight, _Field("name", "The name", Effect.WORDING, _text))
    for lineage, section in new.items():
        if lineage not in old:
            yield Change(Effect.SCORE, f"The section {_quoted(section)} is new.")
        else:
            yield from _compare(old[lineage], section, fields, f" of the section {_quoted(section)}")
    for lineage in [lineage for lineage in old if lineage not in new]:
        yield Change(Effect.SCORE, f"The section {_quoted(old[lineage])} was removed.")
    if _moved(list(old), list(new)):
        yield Change(Effect.WORDING, "The sections are in another order.")


def _criteria(before: Card, after: Card) -> Iterator[Change]:
    old, new = _placed(before), _placed(after)
    for lineage, (section, criterion) in new.items():
        if lineage not in old:
            yield Change(_effect_of(criterion), f"{_quoted(criterion)} is new.")
            continue
        former_section, former = old[lineage]
        if former_section.lineage != section.lineage:
            yield Change(_effect_of(criterion), f"{_quoted(criterion)} moved to the section {_quoted(section)}.")
        yield from _of_criterion(former, criterion)
    for lineage in [lineage for lineage in old if lineage not in new]:
        yield Change(_effect_of(old[lineage][1]), f"{_quoted(old[lineage][1])} was removed.")
    yield from _order(before, after)


def _placed(card: Card) -> dict[str, tuple[Section, Criterion]]:
    return {criterion.lineage: (section, criterion) for section in card.sections for criterion in section.criteria}


def _effect_of(criterion: Criterion) -> Effect:
    return Effect.RULES if criterion.kind == Kind.INFORMATION else Effect.SCORE


def _of_criterion(before: Criterion, after: Criterion) -> Iterator[Change]:
    where = f" of {_quoted(after)}"
    yield from _compare(before, after, CRITERION_FIELDS, where)
    yield from _choices(before.options, after.options, OPTION_FIELDS, where, _effect_of(after))
    yield from _choices(before.root_causes, after.root_causes, ROOT_CAUSE_FIELDS, where, Effect.RULES)


def _choices(
    before: Sequence[Option] | Sequence[RootCause],
    after: Sequence[Option] | Sequence[RootCause],
    fields: tuple[_Field, ...],
    where: str,
    effect: Effect,
) -> Iterator[Change]:
    word = "option" if fields is OPTION_FIELDS else "root cause"
    old = {choice.key: choice for choice in before}
    new = {choice.key: choice for choice in after}
    for key, choice in new.items():
        named = f"{word} “{choice.label or key}”{where}"
        if key not in old:
            yield Change(effect, f"The {named} is new.")
        else:
            yield from _compare(old[key], choice, fields, f" of the {named}")
    for key in [key for key in old if key not in new]:
        yield Change(effect, f"The {word} “{old[key].label or key}”{where} was removed.")
    if _moved(list(old), list(new)):
        yield Change(Effect.RULES, f"The {word}s{where} are in another order.")


def _order(before: Card, after: Card) -> Iterator[Change]:
    """The order of scored criteria is what the keyboard and the eye of a reviewer go by; that of the others is not."""
    old = {section.lineage: section for section in before.sections}
    for section in after.sections:
        if section.lineage not in old:
            continue
        former, present = old[section.lineage].criteria, section.criteria
        if _moved(_lineages(former, scored_only=True), _lineages(present, scored_only=True)):
            yield Change(Effect.RULES, f"The criteria of {_quoted(section)} are in another order.")
        elif _moved(_lineages(former), _lineages(present)):
            yield Change(Effect.WORDING, f"What is not scored in {_quoted(section)} is in another order.")


def _lineages(criteria: Sequence[Criterion], *, scored_only: bool = False) -> list[str]:
    return [one.lineage for one in criteria if not scored_only or one.kind != Kind.INFORMATION]


def _moved(before: list[str], after: list[str]) -> bool:
    common = set(before) & set(after)
    return [key for key in before if key in common] != [key for key in after if key in common]


def _compare(before: Any, after: Any, fields: tuple[_Field, ...], where: str) -> Iterator[Change]:
    for field in fields:
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old == new:
            continue
        how = "changed" if field.write is None else f"went from {field.write(old)} to {field.write(new)}"
        yield Change(field.effect, f"{field.words}{where} {how}.")


def _quoted(thing: Section | Criterion) -> str:
    return f"“{thing.name or thing.lineage}”"
