"""Who of a programme starts first and who waits: drawn by keyed numbers, so that anybody can repeat it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sampling.numbers import period_key, prn

PERIOD = "waiting-list"
LEAST = 4
"""Two who start and two who wait: with fewer there is nothing to compare."""


@dataclass(frozen=True, slots=True)
class Lot:
    """One agent's number, and whether it lets them start first."""

    agent: int
    u: float
    is_first: bool


def key_of(master: bytes, programme: UUID) -> bytes:
    """Return the key of a programme's draw; its fingerprint is shown before anybody knows who will be in it."""
    return period_key(master, str(programme), PERIOD)


def drawn(key: bytes, programme: UUID, agents: Iterable[int]) -> list[Lot]:
    """Return the lots in the order of their numbers: the smaller half, rounded up, starts first."""
    design = f"{PERIOD}|{programme}"
    numbers = sorted((prn(key, design, str(agent)), agent) for agent in set(agents))
    first = (len(numbers) + 1) // 2
    return [Lot(agent, u, place < first) for place, (u, agent) in enumerate(numbers)]
