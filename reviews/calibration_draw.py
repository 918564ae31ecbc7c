"""How the conversations of a calibration session are numbered, pure: anybody with the draw's receipt can repeat it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sampling.numbers import prn, unit_name
from sampling.units import Unit


class Numbered(NamedTuple):
    """One unit of a frame with the agent it is about and its number for calibration."""

    u: float
    unit: Unit
    agent_id: int

    @property
    def order(self) -> tuple[float, str, str, int]:
        """Return what units are sorted by: u, and by name where two are equal."""
        return self.u, self.unit.source, self.unit.external_id, self.unit.number


def design(period: str) -> str:
    """Return the design string; its numbers are independent of those that drew the sample (statistics.md 1.10)."""
    return f"calib|{period}"


def numbered(frame: Iterable[tuple[Unit, int]], *, key: bytes, period: str) -> list[Numbered]:
    """Return the units of a frame in ascending u."""
    name = design(period)
    found = [
        Numbered(prn(key, name, unit_name(unit.source, unit.external_id, unit.number)), unit, agent_id)
        for unit, agent_id in frame
    ]
    return sorted(found, key=lambda one: one.order)
