"""One unit of a frozen frame, as a stratum keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

PLAIN = 7  # fields without a priority


class Unit(NamedTuple):
    """One completion of one conversation, with its number. The names are what u was made from, so they are kept."""

    completion_id: int
    conversation_id: int
    team_id: int | None
    u: float
    source: str
    external_id: str
    number: int
    # x and the rules behind it; kept only where a plan has such rules.
    x: float = 0.0
    hits: tuple[int, ...] = ()

    @property
    def order(self) -> tuple[float, str, str, int]:
        """Return what units are sorted by: u, and by name where two are equal."""
        return self.u, self.source, self.external_id, self.number


def kept(unit: Unit, *, with_priority: bool) -> list[Any]:
    """Return a unit as the database keeps it: without a priority where a plan has no risk rules."""
    return list(unit) if with_priority else list(unit[:PLAIN])


def read(kept: Iterable[Sequence[Any]]) -> list[Unit]:
    """Return units as the database kept them."""
    return [Unit(*fields) for fields in kept]
