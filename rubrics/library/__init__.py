"""The starter rubrics, one file each, ready to install and to change."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from rubrics.document import Document, parse
from rubrics.skills import STARTER_SKILLS

FOLDER = Path(__file__).parent


@cache
def starters() -> tuple[Document, ...]:
    """Return all starter rubrics in order of their names."""
    skills = {skill.slug for skill in STARTER_SKILLS}
    read = (parse(path.read_bytes(), skills=skills) for path in FOLDER.glob("*.yaml"))
    return tuple(sorted(read, key=lambda document: document.name))
