"""The targeted pool of one draw: every unit's own number, chance and answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sampling import risks, targeting
from sampling.design import prn, targeted_design, unit_name
from sampling.models import Draw
from sampling.units import Unit


@dataclass(frozen=True, slots=True)
class TargetedPool:
    """c, the certainty rules, and the key and design that the numbers u^T come from."""

    scale: float
    certain: frozenset[int]
    secret: bytes
    design: str

    @classmethod
    def of(cls, draw: Draw, secret: bytes) -> TargetedPool | None:
        """Return the pool of a draw; None when its plan had none."""
        if draw.targeted_scale is None:
            return None
        certain = risks.certain(risks.read(draw.frozen_settings.get("risk_rules", [])))
        return cls(draw.targeted_scale, certain, secret, targeted_design(str(draw.plan.identity), draw.period))

    def chance(self, unit: Unit) -> float:
        """Return pi^T of a unit."""
        is_certain = targeting.is_certain(unit.hits, self.certain)
        return targeting.chance(unit.x, scale=self.scale, is_certain=is_certain)

    def number(self, unit: Unit) -> float:
        """Return u^T of a unit."""
        return prn(self.secret, self.design, unit_name(unit.source, unit.external_id, unit.number))

    def takes(self, unit: Unit) -> bool:
        """Say whether the pool takes a unit: u^T < pi^T. Most have no chance, and need no number."""
        chance = self.chance(unit)
        return chance > 0 and self.number(unit) < chance

    def expected(self, units: Iterable[Unit]) -> float:
        """Return Σ pi^T: how many of some units the pool is expected to take."""
        return math.fsum(self.chance(unit) for unit in units)


def chance_in(draw: Draw) -> Callable[[Unit], float]:
    """Return what gives pi^T of a unit of a draw. That takes no key: only the number u^T does."""
    pool = TargetedPool.of(draw, b"")
    return pool.chance if pool else lambda _unit: 0.0
