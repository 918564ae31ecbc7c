"""What replayed reviews stand for: each conversation once, by its chance over the frames of all plans in question."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet

from reviews.models import Review
from sampling.models import SharedPick
from sampling.prefix import Prefix, inclusion_probability
from stats.weighted_sums import weight_of

RANDOM = "random"
SHAPE = ("frame_size", "prefix", "eligible", "drawn")
_PICK, _STRATUM = "item__pick", "item__pick__stratum"
ROW = (
    "pk", "agent_id", "pool", "current_id", "conversation_id", "current__final_score", "current__outcome",
    _PICK, f"{_PICK}__completion", f"{_PICK}__stratum_id", *(f"{_STRATUM}__{name}" for name in (*SHAPE, "is_shared")),
)  # fmt: skip


class Row(NamedTuple):
    """One review as `ROW` names it: what is replayed of it, and what it was drawn from."""

    pk: int
    agent: int
    pool: str
    revision: int
    conversation: int
    final: Decimal | None
    outcome: str
    pick: int
    completion: int
    stratum: int | None
    frame_size: int
    prefix: int
    eligible: int
    drawn: int
    is_shared: bool | None

    @property
    def unit(self) -> tuple[int, int]:
        """Return which conversation of whom it is of, by whichever plan."""
        return self.agent, self.completion


class Unit(NamedTuple):
    """A conversation that was drawn at random, its reviews, and for how many it stands in whole thousandths."""

    reviews: tuple[int, ...]
    weight: int


def at_random(rows: QuerySet[Review]) -> QuerySet[Review]:
    """Return those of some reviews that an average may rest on: of the random pool, of a draw that stands."""
    return rows.filter(pool=RANDOM, item__pick__stratum__isnull=False, item__pick__draw__voided_at=None).order_by()


class Frames:
    """Weigh the reviews of a question (statistics.md 1.5), of the random pools alone.

    What stands unreviewed was not refused: its stratum counts by its conversations, however many are reviewed so far.
    So the chance in a stratum is that of being reviewed, m / N_e less what of m is not; one query counts that for all.
    Frames of several plans are those of one survey: a unit has the chance 1 − Π(1 − π_p) in those that hold it.
    """

    def __init__(self, rows: QuerySet[Review]) -> None:
        self._rows = at_random(rows)
        counted = self._rows.values_list("item__pick__stratum").annotate(Count("pk"))
        self._reviewed: dict[int | None, int] = dict(counted)

    def weigh(self, part: Sequence[Row]) -> tuple[dict[int, Unit], list[Row]]:
        """Return the units by the first of their reviews, and the rows of reviews that this takes from other slices.

        Two queries where some stand in frames of several plans, none otherwise.
        """
        mine = [row for row in part if row.pool == RANDOM and row.stratum in self._reviewed]
        shared = [row for row in mine if row.is_shared]
        units = {row.pk: self._unit((row,), missed=1.0) for row in mine if not row.is_shared}
        if not shared:
            return units, []
        also, together = self._also(shared), self._together(shared)
        for row in shared:
            same = together.get(row.unit, (row,))
            if same[0].pk == row.pk:
                units[row.pk] = self._unit(same, missed=also.get(row.pick, 1.0))
        known = {row.pk for row in part}
        taken = {pk for unit in units.values() for pk in unit.reviews} - known
        return units, [row for same in together.values() for row in same if row.pk in taken]

    def _unit(self, same: Sequence[Row], *, missed: float) -> Unit:
        first = same[0]
        own = self._chance(first.stratum, (first.frame_size, first.prefix, first.eligible, first.drawn))
        return Unit(tuple(row.pk for row in same), weight_of(1.0 - (1.0 - own) * missed))

    def _also(self, shared: Sequence[Row]) -> dict[int, float]:
        """Return the chance of each pick to be missed in all of the other frames that hold it."""
        found: dict[int, float] = {}
        rows = SharedPick.objects.filter(pick__in=[row.pick for row in shared]).order_by("pk")
        names = (f"stratum__{name}" for name in SHAPE)
        for pick, stratum, *shape in rows.values_list("pick_id", "stratum_id", *names):
            found[pick] = found.get(pick, 1.0) * (1.0 - self._chance(stratum, shape))
        return found

    def _together(self, shared: Sequence[Row]) -> dict[tuple[int, int], tuple[Row, ...]]:
        """Return all reviews in question of the conversations of some, oldest first."""
        found: dict[tuple[int, int], tuple[Row, ...]] = {}
        rows = self._rows.filter(item__pick__completion__in={row.completion for row in shared}).order_by("pk")
        for row in map(Row._make, rows.values_list(*ROW)):
            found[row.unit] = (*found.get(row.unit, ()), row)
        return found

    def _chance(self, stratum: int | None, shape: Sequence[Any]) -> float:
        """Return the chance to be in question in one stratum; none where it has no review in question."""
        drawn = shape[3]
        return min(1.0, _share(*shape) * self._reviewed.get(stratum, 0) / drawn) if drawn else 0.0


@lru_cache(maxsize=4096)  # few of the strata of a plan differ in these
def _share(size: int, prefix: int, eligible: int, drawn: int) -> float:
    return inclusion_probability(size, Prefix(prefix, eligible, drawn)) or 0.0
