"""What an average is made of where plans overlap: each conversation once, with its chance over all of the frames. Pure.

Frames of several plans that hold the same conversations are the frames of one survey (statistics.md 1.5): a unit that
stands in the frames p has the chance 1 − Π(1 − π_p) to be reviewed, and is one unit however many of its reviews there
are. Scorecards are different measures: where two of them cover a conversation, each counts half. One that has not
measured anything of a stratum yet takes nothing from what others say of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from reviews.selectors.mixes import Score
    from sampling.selectors.overlaps import Held


class Unit(NamedTuple):
    """A reviewed conversation: y in points, pi in (0, 1], for how much of a conversation it counts, and of which."""

    y: float
    pi: float
    share: float = 1.0
    of: int = 0


class Frame(Protocol):
    """A stratum of one agent."""

    @property
    def rubric_id(self) -> int: ...


class Stratum(Frame, Protocol):
    """A stratum of one agent with its scores, and the chance of a unit to be reviewed so far, by its pi^T."""

    @property
    def stratum_id(self) -> int: ...
    @property
    def mix(self) -> Sequence[Score]: ...
    def reviewed_chance(self, targeted: float) -> float: ...


F = TypeVar("F", bound=Frame)
Chance = Callable[[F, float], float]


def _reviewed(one: Stratum, targeted: float) -> float:
    return one.reviewed_chance(targeted)


def alone(one: Stratum) -> Iterator[Unit]:
    """Yield the units of a stratum that shares nothing."""
    for score in one.mix:
        yield Unit(score.y, one.reviewed_chance(score.targeted), of=score.unit)


def of_all(strata: Iterable[Stratum]) -> list[Unit]:
    """Return the units of one agent's strata, each once for each scorecard."""
    known = {one.stratum_id: one for one in strata}
    found: dict[tuple[int, int], list[Unit]] = {}
    for one in known.values():
        for score in one.mix:
            pi, share = over_all(one, score.targeted, score.also, known, chance=_reviewed)
            found.setdefault((score.unit, one.rubric_id), []).append(Unit(score.y, pi, share, score.unit))
    return [same[0]._replace(y=sum(unit.y for unit in same) / len(same)) for same in found.values()]


def over_all(
    one: F, targeted: float, also: Iterable[Held], strata: Mapping[int, F], *, chance: Chance[F]
) -> tuple[float, float]:
    """Return pi over all frames of the same scorecard, and one over how many scorecards cover the unit.

    targeted: its pi^T in its own stratum; also: the other strata that hold it, of which those out of the question are
    no frames of it, and neither are those that it has had no chance in; chance: of a unit in a stratum, by its pi^T.
    """
    missed, rubrics = 1.0 - chance(one, targeted), {one.rubric_id}
    for stratum, targeted_there in also:
        other = strata.get(stratum)
        pi = 0.0 if other is None else chance(other, targeted_there)
        if other is None or pi <= 0:
            continue
        rubrics.add(other.rubric_id)
        if other.rubric_id == one.rubric_id:
            missed *= 1.0 - pi
    return 1.0 - missed, 1.0 / len(rubrics)


def thinned(share: float, targeted: float, *, of_random: float, of_targeted: float) -> float:
    """Return the chance to be drawn and done, where only so much of what each pool drew is done: a list is worked in
    the order of the draw, so that what is done of it is a fair sample of it.

    share: m / N_e; what both pools drew counts as drawn at random. All done: 1 − (1 − m/N_e)(1 − pi^T).
    """
    at_random = min(share, 1.0)
    return at_random * of_random + (1.0 - at_random) * targeted * of_targeted
