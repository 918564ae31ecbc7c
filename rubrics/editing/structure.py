"""Add, move, copy and remove sections and criteria of a card."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TypeVar

from django.utils.text import slugify

from rubrics.card import Card, Criterion, Section
from rubrics.editing.parts import CRITERION, SECTION, at_criterion, at_section

LONGEST_LINEAGE = 80
One = TypeVar("One", bound=Section | Criterion)


class Gone(ValueError):
    """Say that a part is not there any more: somebody else removed it."""


def lineage_for(name: str, *, taken: Collection[str], otherwise: str) -> str:
    """Make a key from a name that nothing of this rubric has, or ever had: history must not mix."""
    wanted = slugify(name)[: LONGEST_LINEAGE - 5].strip("-_") or otherwise
    number, lineage = 1, wanted
    while lineage in taken:
        number += 1
        lineage = f"{wanted}-{number}"
    return lineage


def add_section(card: Card, section: Section, *, after: str = "") -> Card:
    """Add a section at the end, or after the one with this lineage."""
    places = [one.lineage for one in card.sections]
    at = places.index(after) + 1 if after in places else len(places)
    return replace(card, sections=(*card.sections[:at], section, *card.sections[at:]))


def add_criterion(card: Card, criterion: Criterion, *, section: str, after: str = "") -> Card:
    """Add a criterion to a section at its end, or after the one with this lineage. Raises Gone without the section."""
    home = _section(card, section)
    places = [one.lineage for one in home.criteria]
    at = places.index(after) + 1 if after in places else len(places)
    return _with_criteria(card, section, (*home.criteria[:at], criterion, *home.criteria[at:]))


def move(card: Card, at: str, *, step: int) -> Card:
    """Move a part one place up (−1) or down (+1); a criterion at the edge goes over into the next section.

    At the very end nothing changes. Raises Gone when the part is not there.
    """
    if at.startswith(SECTION):
        return _move_section(card, at.removeprefix(SECTION), step)
    home, criterion = _criterion(card, at.removeprefix(CRITERION))
    others = [one for one in home.criteria if one is not criterion]
    target = home.criteria.index(criterion) + step
    if 0 <= target <= len(others):
        return _with_criteria(card, home.lineage, (*others[:target], criterion, *others[target:]))
    neighbour = card.sections.index(home) + step
    if not 0 <= neighbour < len(card.sections):
        return card
    into = card.sections[neighbour]
    without = _with_criteria(card, home.lineage, tuple(others))
    joined = (*into.criteria, criterion) if step < 0 else (criterion, *into.criteria)
    return _with_criteria(without, into.lineage, joined)


def place(card: Card, at: str, *, section: str = "", before: str = "") -> Card:
    """Put a part before another one: a criterion into a section, a section among the sections; at the end without one.

    Raises Gone when the part or the section is not there.
    """
    if at.startswith(SECTION):
        moved = _section(card, at.removeprefix(SECTION))
        return replace(card, sections=_before(card.sections, moved, before))
    home, criterion = _criterion(card, at.removeprefix(CRITERION))
    _section(card, section)
    without = _with_criteria(card, home.lineage, tuple(one for one in home.criteria if one is not criterion))
    return _with_criteria(without, section, _before(_section(without, section).criteria, criterion, before))


def copy(card: Card, at: str, *, name: str, taken: Collection[str]) -> tuple[Card, str]:
    """Put a copy of a part behind it, with histories of its own; returns the name of the new part. Raises Gone."""
    if at.startswith(CRITERION):
        home, criterion = _criterion(card, at.removeprefix(CRITERION))
        lineage = lineage_for(name, taken=taken, otherwise=criterion.lineage)
        made = replace(criterion, lineage=lineage, name=name)
        return add_criterion(card, made, section=home.lineage, after=criterion.lineage), at_criterion(lineage)
    section = _section(card, at.removeprefix(SECTION))
    known = set(taken)
    criteria = []
    for criterion in section.criteria:
        lineage = lineage_for(criterion.lineage, taken=known, otherwise=criterion.lineage)
        known.add(lineage)
        criteria.append(replace(criterion, lineage=lineage))
    lineage = lineage_for(name, taken=known, otherwise=section.lineage)
    made_section = replace(section, lineage=lineage, name=name, criteria=tuple(criteria))
    return add_section(card, made_section, after=section.lineage), at_section(lineage)


def remove(card: Card, at: str) -> Card:
    """Take a part out; a section with all its criteria. Raises Gone when it is not there."""
    if at.startswith(SECTION):
        gone = _section(card, at.removeprefix(SECTION))
        return replace(card, sections=tuple(one for one in card.sections if one is not gone))
    home, criterion = _criterion(card, at.removeprefix(CRITERION))
    return _with_criteria(card, home.lineage, tuple(one for one in home.criteria if one is not criterion))


def restore(card: Card, part: Section | Criterion, *, section: str = "", position: int) -> Card:
    """Put back what was removed, where it stood; what is there already stays as it is.

    A criterion whose section is gone raises Gone.
    """
    if isinstance(part, Section):
        if any(one.lineage == part.lineage for one in card.sections):
            return card
        present = {criterion.lineage for criterion in card.criteria()}
        back = replace(part, criteria=tuple(one for one in part.criteria if one.lineage not in present))
        return replace(card, sections=(*card.sections[:position], back, *card.sections[position:]))
    if card.criterion(part.lineage):
        return card
    home = _section(card, section)
    return _with_criteria(card, section, (*home.criteria[:position], part, *home.criteria[position:]))


def _move_section(card: Card, lineage: str, step: int) -> Card:
    section = _section(card, lineage)
    others = [one for one in card.sections if one is not section]
    target = min(max(card.sections.index(section) + step, 0), len(others))
    return replace(card, sections=(*others[:target], section, *others[target:]))


def _before(rows: tuple[One, ...], moved: One, before: str) -> tuple[One, ...]:
    others = [one for one in rows if one.lineage != moved.lineage]
    at = next((number for number, one in enumerate(others) if one.lineage == before), len(others))
    return (*others[:at], moved, *others[at:])


def _section(card: Card, lineage: str) -> Section:
    found = next((section for section in card.sections if section.lineage == lineage), None)
    if found is None:
        raise Gone(lineage)
    return found


def _criterion(card: Card, lineage: str) -> tuple[Section, Criterion]:
    for section in card.sections:
        for criterion in section.criteria:
            if criterion.lineage == lineage:
                return section, criterion
    raise Gone(lineage)


def _with_criteria(card: Card, lineage: str, criteria: tuple[Criterion, ...]) -> Card:
    return replace(
        card,
        sections=tuple(replace(one, criteria=criteria) if one.lineage == lineage else one for one in card.sections),
    )
