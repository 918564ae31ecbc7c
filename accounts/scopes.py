"""What a token may be used for: one line each, and never more than its owner may do."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """Every scope. A token without any other can only read."""

    READ = "read"
    """Read everything that the owner may see."""
    IMPORT = "import"
    """Bring conversations in."""
    REVIEW = "review"
    """Claim, score, submit and publish."""
    FEEDBACK = "feedback"
    """Open and acknowledge own feedback."""
    COACH = "coach"
    """Decide and work on coaching plans."""
    RUBRICS = "rubrics"
    """Import, publish and retire rubrics."""
    SAMPLING = "sampling"
    """Make and change sampling plans, draw and void."""
    PEOPLE = "people"
    """Make and change log-ins, roles, teams and agents."""
