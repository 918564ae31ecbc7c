"""What an average is made of where plans overlap: each conversation once, with its chance over all of the frames.

Frames of several plans that hold the same conversations are the frames of one survey (statistics.md 1.5): a unit that
stands in the frames p has the chance 1 − Π(1 − π_p) to be reviewed, and is one unit however many of its reviews there
are. Scorecards are different measures: where two of them cover a conversation, each counts half.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from insights.reports.classes import Name, add, risk_of
from sampling.targeting import combined
from stats import WeightedClass

if TYPE_CHECKING:
    from insights.reports.strata import Week
    from reviews.selectors.mixes import Score
    from sampling.selectors.overlaps import Held


class Unit(NamedTuple):
    """A reviewed conversation: y in points, pi in (0, 1], and for how much of a conversation it counts."""

    y: float
    pi: float
    share: float = 1.0


class Seat(NamedTuple):
    """One drawn pick and its conversation (unit); counts: whether it is due, reviewed and scored; and its points."""

    unit: int
    channel: str
    targeted: float
    also: tuple[Held, ...]
    counts: tuple[int, int, int]
    points: float


def alone(scores: Iterable[Score], week: Week) -> Iterator[Unit]:
    """Yield the units of a stratum that shares nothing."""
    for score in scores:
        yield Unit(score.y, score.pi if week.is_mixed else _reviewed(week, score.targeted))


def of_all(weeks: Iterable[Week]) -> list[Unit]:
    """Return the units of one agent's strata, each once for each scorecard."""
    strata = {week.stratum_id: week for week in weeks}
    found: dict[tuple[int, int], list[Unit]] = {}
    for week in strata.values():
        for score in week.mix:
            own = score.pi if week.is_mixed else _reviewed(week, score.targeted)
            pi, share = _over_all(own, score.also, week, strata, drawn=False)
            found.setdefault((score.unit, week.rubric_id), []).append(Unit(score.y, pi, share))
    return [one[0]._replace(y=sum(unit.y for unit in one) / len(one)) for one in found.values()]


def classes(weeks: Iterable[Week]) -> dict[Name, WeightedClass]:
    """Return what was drawn and reviewed by class; the picks of one conversation share its weight (1.8)."""
    strata = {week.stratum_id: week for week in weeks}
    rows = [(week, seat) for week in strata.values() for seat in week.seats if seat.counts[0]]
    picks: dict[tuple[int, int], int] = {}
    for week, seat in rows:
        picks[seat.unit, week.rubric_id] = picks.get((seat.unit, week.rubric_id), 0) + 1
    found: dict[Name, WeightedClass] = {}
    for week, seat in rows:
        own = combined(week.share, seat.targeted)
        pi, share = _over_all(own, seat.also, week, strata, drawn=True)
        if pi <= 0:
            continue
        weight = share / pi / picks[seat.unit, week.rubric_id]
        due, reviewed, scored = seat.counts
        name = (seat.channel, risk_of(week.label, seat.targeted))
        one = WeightedClass(due, reviewed, due * weight, reviewed * weight, scored * weight, seat.points * weight)
        add(found, name, one)
    return found


def _reviewed(week: Week, targeted: float) -> float:
    """Return the chance to be reviewed, which of what is drawn at random and not all reviewed yet is the smaller."""
    return combined(week.reviewed_share, targeted)


def _over_all(
    own: float, also: Iterable[Held], week: Week, strata: Mapping[int, Week], *, drawn: bool
) -> tuple[float, float]:
    """Return pi over all frames of the same scorecard, and one over how many scorecards cover the unit."""
    missed, rubrics = 1.0 - own, {week.rubric_id}
    for stratum, targeted in also:
        other = strata.get(stratum)
        if other is None:
            continue
        rubrics.add(other.rubric_id)
        if other.rubric_id == week.rubric_id:
            share = other.share if drawn or other.is_mixed else other.reviewed_share
            missed *= 1.0 - combined(share, targeted)
    return 1.0 - missed, 1.0 / len(rubrics)
