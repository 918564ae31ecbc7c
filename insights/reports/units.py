"""What was drawn and reviewed by class where plans overlap: pick by pick, each by its chance over all of the frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from insights.reports.classes import Name, add, risk_of
from reviews.units import over_all
from stats import WeightedClass

if TYPE_CHECKING:
    from insights.reports.strata import Week
    from sampling.selectors.overlaps import Held


class Seat(NamedTuple):
    """One drawn pick and its conversation (unit); counts: whether it is due, reviewed and scored; and its points."""

    unit: int
    channel: str
    targeted: float
    also: tuple[Held, ...]
    counts: tuple[int, int, int]
    points: float


def classes(weeks: Iterable[Week]) -> dict[Name, WeightedClass]:
    """Return the classes of one agent's strata; the picks of one conversation share its weight (statistics.md 1.8)."""
    rows = [(week, seat) for week in weeks for seat in week.seats if seat.counts[0]]
    strata = {week.stratum_id: week for week, _seat in rows}  # of which nothing is due says nothing of it
    picks = Counter((seat.unit, week.rubric_id) for week, seat in rows)
    found: dict[Name, WeightedClass] = {}
    for week, seat in rows:
        pi, share = over_all(week, seat.targeted, seat.also, strata, chance=_due)
        if pi <= 0:
            continue
        weight = share / pi / picks[seat.unit, week.rubric_id]
        due, reviewed, scored = seat.counts
        one = WeightedClass(due, reviewed, due * weight, reviewed * weight, scored * weight, seat.points * weight)
        add(found, (seat.channel, risk_of(week.label, seat.targeted)), one)
    return found


def _due(week: Week, targeted: float) -> float:
    return week.due_chance(targeted)
