"""Name the parts of a card that are edited one at a time, and tell whether one changed since somebody read it.

A part is named like ``settings``, ``section.opening`` or ``criterion.greeting``, all of it ``card``. Its tag is a hash
of what it says, so two people who edit different parts never get in each other's way, and the later of two who edit
the same part is told.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal

from rubrics.card import Card, Criterion, Section

WHOLE = "card"
SETTINGS = "settings"
SECTION = "section."
CRITERION = "criterion."
TAG_LENGTH = 16

Part = Card | Section | Criterion
"""The settings of a card (its sections left out), a section (its criteria left out), a criterion, or all of a card."""


def at_section(lineage: str) -> str:
    """Name a section as a part."""
    return f"{SECTION}{lineage}"


def at_criterion(lineage: str) -> str:
    """Name a criterion as a part."""
    return f"{CRITERION}{lineage}"


def part_of(card: Card, at: str) -> Part | None:
    """Return a part by its name; None when the card has no such part (any more)."""
    if at == WHOLE:
        return card
    if at == SETTINGS:
        return replace(card, sections=())
    if at.startswith(CRITERION):
        return card.criterion(at.removeprefix(CRITERION))
    lineage = at.removeprefix(SECTION)
    found = next((section for section in card.sections if at_section(section.lineage) == at), None)
    return None if found is None or not lineage else replace(found, criteria=())


def tag_of(part: Part) -> str:
    """Return what stands for this state of a part: 16 hexadecimal digits, equal for equal content."""
    return hashlib.sha256(_written(part).encode()).hexdigest()[:TAG_LENGTH]


def inside(card: Card, at: str) -> str:
    """Return what stands for the criteria of a section, so that nobody removes what they have not seen.

    Empty for any other part, and for a section that is not there.
    """
    found = next((section for section in card.sections if at_section(section.lineage) == at), None)
    return "" if found is None else tag_of(replace(found, lineage="", name="", weight=Decimal(0)))


def with_part(card: Card, at: str, part: Part) -> Card:
    """Put a changed part in place of the one with this name; a name that is not there changes nothing."""
    if isinstance(part, Card):
        return replace(part, sections=card.sections)
    if isinstance(part, Section):
        return replace(card, sections=tuple(_section(one, at, part) for one in card.sections))
    return replace(
        card,
        sections=tuple(
            replace(one, criteria=tuple(part if at_criterion(old.lineage) == at else old for old in one.criteria))
            for one in card.sections
        ),
    )


def _section(old: Section, at: str, new: Section) -> Section:
    return replace(new, criteria=old.criteria) if at_section(old.lineage) == at else old


def _written(part: Part) -> str:
    """Write a part so that equal parts are written alike: a Decimal may come as 10 or 10.0000, a set in any order."""
    return repr(_plain(part))


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(str(one) for one in value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return [type(value).__name__, *(_plain(getattr(value, name)) for name in value.__dataclass_fields__)]
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)
