"""Lay a draft out for its editor: the outline, what differs, what stops a publication, and what to look at again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rubrics import words
from rubrics.advice import advice
from rubrics.card import Card, Criterion, Kind, Mode, Section
from rubrics.checks import flaws
from rubrics.differences import Change, changes, reworded
from rubrics.editing import SETTINGS, at_criterion, at_section

PLACE = re.compile(r"sections\[(\d+)\](?:\.criteria\[(\d+)\])?")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the outline."""

    at: str
    lineage: str
    number: int
    name: str
    weight: str
    is_changed: bool
    problems: int


@dataclass(frozen=True, slots=True)
class Group:
    """A section of the outline with its criteria."""

    at: str
    lineage: str
    name: str
    weight: str
    is_changed: bool
    problems: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One sentence about a part; a blocking one stops the publication."""

    at: str
    where: str
    sentence: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Hold what a draft is compared with its base: the changes, and whether they need a new version."""

    base: int | None
    changes: tuple[Change, ...]
    needs_new_version: bool
    only_wording: bool

    @property
    def telling(self) -> tuple[Change, ...]:
        """Return the changes that need a new version."""
        return tuple(change for change in self.changes if change.needs_new_version)

    @property
    def sentence(self) -> str:
        """Say in one sentence what publishing would mean, and why."""
        if self.base is None:
            return _("This is the first version. Nothing is scored by it until it is published.")
        numbers = {"number": self.base}
        if not self.changes:
            return _("Nothing differs from version %(number)s yet.") % numbers
        if self.only_wording:
            return _("Only wording differs from version %(number)s, so no new version is needed.") % numbers
        more = len(self.telling) - 1
        first = self.telling[0].sentence if self.telling else self.changes[0].sentence
        reason = first.removesuffix(".")
        if more <= 0:
            return _("This needs a new version, because of this: %(reason)s.") % {"reason": reason}
        sentence = ngettext(
            "This needs a new version, because of this and %(more)s more change: %(reason)s.",
            "This needs a new version, because of this and %(more)s more changes: %(reason)s.",
            more,
        )
        return sentence % {"reason": reason, "more": more}


def standing(base: Card | None, card: Card, *, number: int | None) -> Standing:
    """Compare a draft with the version in use; without one everything is new."""
    if base is None:
        return Standing(None, (), needs_new_version=True, only_wording=False)
    found = changes(base, card)
    needs = any(change.needs_new_version for change in found) or reworded(base, card) != card
    return Standing(number, found, needs_new_version=needs, only_wording=bool(found) and not needs)


def checks(card: Card) -> tuple[Check, ...]:
    """List what stops a publication, then what its author should look at."""
    blocking = [(_at(flaw.path, card), flaw.sentence, True) for flaw in flaws(card)]
    advised = [(one.at, one.sentence, False) for one in advice(card)]
    return tuple(Check(at, name_of(at, card), sentence, blocks) for at, sentence, blocks in (*blocking, *advised))


def outline(card: Card, base: Card | None, found: tuple[Check, ...]) -> tuple[Group, ...]:
    """Lay out the sections and criteria with their weights, numbered through."""
    counts: dict[str, int] = {}
    for check in found:
        counts[check.at] = counts.get(check.at, 0) + 1
    former = {section.lineage: section for section in base.sections} if base else {}
    groups, number = [], 0
    for section in card.sections:
        items = []
        for criterion in section.criteria:
            number += 1
            before = base.criterion(criterion.lineage) if base else criterion
            items.append(_item(number, criterion, before != criterion, counts))
        old = former.get(section.lineage)
        is_changed = base is not None and (old is None or (old.name, old.weight) != (section.name, section.weight))
        at = at_section(section.lineage)
        groups.append(
            Group(
                at, section.lineage, section.name, _section_weight(card, section), is_changed, counts.get(at, 0),
                tuple(items),
            )
        )  # fmt: skip
    return tuple(groups)


def name_of(at: str, card: Card) -> str:
    """Name a part as people know it."""
    if at == SETTINGS:
        return _("The version")
    for section in card.sections:
        if at_section(section.lineage) == at:
            return section.name
        for criterion in section.criteria:
            if at_criterion(criterion.lineage) == at:
                return criterion.name
    return ""


def numbers(card: Card) -> Mapping[str, int]:
    """Return the number of each criterion by its lineage, counted through the card."""
    return {criterion.lineage: number for number, criterion in enumerate(card.criteria(), start=1)}


def _item(number: int, criterion: Criterion, is_changed: bool, counts: Mapping[str, int]) -> Item:
    at = at_criterion(criterion.lineage)
    if criterion.kind == Kind.BONUS:
        weight = f"{'+' if criterion.points > 0 else ''}{words.number(criterion.points)}"
    else:
        weight = words.number(criterion.weight) if criterion.kind == Kind.SCORED else ""
    return Item(at, criterion.lineage, number, criterion.name, weight, is_changed, counts.get(at, 0))


def _section_weight(card: Card, section: Section) -> str:
    if card.mode == Mode.SECTIONED:
        return words.number(section.weight)
    scored = [criterion.weight for criterion in section.criteria if criterion.kind == Kind.SCORED]
    return words.number(sum(scored)) if scored else ""  # type: ignore[arg-type]


def _at(path: str, card: Card) -> str:
    """Return the part that the path of a flaw lies in."""
    match = PLACE.match(path)
    if match is None:
        return SETTINGS
    section = card.sections[int(match[1])]
    if match[2] is None:
        return at_section(section.lineage)
    return at_criterion(section.criteria[int(match[2])].lineage)
