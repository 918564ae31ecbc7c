"""The weekly sweep: looks, then proposals. Run it at any time, twice, or by two workers: the result is the same."""

from __future__ import annotations

from datetime import datetime

from coaching.services import looks, proposals


def sweep(*, now: datetime) -> int:
    """Run the looks that are due and propose what they ask for; the number of new plans."""
    made = 0
    for week in looks.run_due(now=now):
        made += proposals.propose(week, now=now)
    return made
