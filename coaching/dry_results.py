"""What a dry run found, as its job keeps it: counts, the proposals' probabilities, and the first rows. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from coaching.rehearsal import Fired

MOST_ROWS = 500
KINDS = ("level", "critical", "decline", "strength")


def result_of(fired: Sequence[Fired]) -> dict[str, Any]:
    """Return counts by kind and by skill, the chances that proposals are right, and rows in order of weeks."""
    counts = Counter(one.kind for one in fired)
    skills = Counter(str(one.skill_id) for one in fired if one.kind == "level")
    rows = sorted(fired, key=lambda one: (KINDS.index(one.kind), one.week, one.agent_id, one.skill_id or 0))
    return {
        "counts": {kind: counts[kind] for kind in KINDS},
        "skills": dict(sorted(skills.items())),
        "chances": [round(one.probability, 6) for one in fired if one.kind == "level" and one.probability is not None],
        "rows": [asdict(one) for one in rows[:MOST_ROWS]],
        "left_out": max(0, len(rows) - MOST_ROWS),
    }
