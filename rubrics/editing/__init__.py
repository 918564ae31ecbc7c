"""Change a card: add, move, copy, remove and replace its parts. Pure: a card in, another card out."""

from __future__ import annotations

from rubrics.editing.parts import SETTINGS, WHOLE, Part, at_criterion, at_section, inside, part_of, tag_of, with_part
from rubrics.editing.structure import (
    Gone,
    add_criterion,
    add_section,
    copy,
    lineage_for,
    move,
    place,
    remove,
    restore,
)

__all__ = [
    "SETTINGS",
    "WHOLE",
    "Gone",
    "Part",
    "add_criterion",
    "add_section",
    "at_criterion",
    "at_section",
    "copy",
    "inside",
    "lineage_for",
    "move",
    "part_of",
    "place",
    "remove",
    "restore",
    "tag_of",
    "with_part",
]
