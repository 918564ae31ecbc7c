"""The target of each skill in points, 0–100."""

from __future__ import annotations

from rubrics.models import Skill

DEFAULT = 70.0


def target_of(skill: Skill) -> float:
    """Return the level under which an agent is likely to be proposed for coaching."""
    return DEFAULT
