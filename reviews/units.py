"""What an average is made of where plans overlap: each conversation once, with its chance over all of the frames. Pure.

Frames of several plans that hold the same conversations are the frames of one survey (statistics.md 1.5): a unit that
stands in the frames p has the chance 1 − Π(1 − π_p) to be reviewed, and is one unit however many of its reviews there
are. Scorecards are different measures: where two of them cover a conversation, each counts half. One that has not
measured anything of a stratum yet takes nothing from what others say of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sampling.targeting import combined

if TYPE_CHECKING:
    from reviews.selectors.mixes import Score
    from sampling.selectors.overlaps import Held


class Unit(NamedTuple):
    """A reviewed conversation: y in points, pi in (0, 1], for how much of a conversation it counts, and of which."""

    y: float
    pi: float
    share: float = 1.0
    of: int = 0


class Stratum(Protocol):
    """A stratum of one agent: m / N_e, the same of what is reviewed so far, and the scores."""

    @property
    def stratum_id(self) -> int: ...
    @property
    def rubric_id(self) -> int: ...
    @property
    def is_mixed(self) -> bool: ...
    @property
    def share(self) -> float: ...
    @property
    def reviewed_share(self) -> float: ...
    @property
    def reviewed(self) -> int: ...
    @property
    def mix(self) -> Sequence[Score]: ...


def alone(one: Stratum) -> Iterator[Unit]:
    """Yield the units of a stratum that shares nothing."""
    for score in one.mix:
        yield Unit(score.y, _own(one, score), of=score.unit)


def of_all(strata: Iterable[Stratum]) -> list[Unit]:
    """Return the units of one agent's strata, each once for each scorecard."""
    known = {one.stratum_id: one for one in strata}
    found: dict[tuple[int, int], list[Unit]] = {}
    for one in known.values():
        for score in one.mix:
            pi, share = over_all(_own(one, score), score.also, one, known)
            found.setdefault((score.unit, one.rubric_id), []).append(Unit(score.y, pi, share, score.unit))
    return [same[0]._replace(y=sum(unit.y for unit in same) / len(same)) for same in found.values()]


def over_all(
    own: float, also: Iterable[Held], one: Stratum, strata: Mapping[int, Stratum], *, is_drawn: bool = False
) -> tuple[float, float]:
    """Return pi over all frames of the same scorecard, and one over how many scorecards cover the unit.

    own: its chance in its own stratum; also: the other strata that hold it, of which those out of the question, or
    without a review so far, are no frames of it; is_drawn: the chance to be drawn, not to be reviewed.
    """
    missed, rubrics = 1.0 - own, {one.rubric_id}
    for stratum, targeted in also:
        other = strata.get(stratum)
        if other is None or not (is_drawn or other.reviewed):
            continue
        rubrics.add(other.rubric_id)
        if other.rubric_id == one.rubric_id:
            share = other.share if is_drawn or other.is_mixed else other.reviewed_share
            missed *= 1.0 - combined(share, targeted)
    return 1.0 - missed, 1.0 / len(rubrics)


def _own(one: Stratum, score: Score) -> float:
    """Return the chance to be reviewed in the own plan: less than to be drawn while not all of that is reviewed."""
    return score.pi if one.is_mixed else combined(one.reviewed_share, score.targeted)
