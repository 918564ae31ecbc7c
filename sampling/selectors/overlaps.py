"""Which units stand in frames of several plans, and how many conversations several frames hold together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db.models import QuerySet

from sampling.models import Draw, FrameStratum, Overlap
from sampling.overlaps import Repeat, repeated
from sampling.pools import chance_in
from sampling.units import Unit

# A frame holds what came late of the period before, which is at most a month and a change of zone long.
REACH = timedelta(days=33)
UnitOf = tuple[int, int]  # reviewee and completion
Held = tuple[int, float]  # a stratum, and pi^T of the unit in its draw


def beside(draw: Draw, *, since: datetime) -> list[Draw]:
    """Return the standing draws of other plans whose frames can hold a unit of a draw that ended after a moment."""
    others = Draw.objects.standing().exclude(plan=draw.plan_id)
    near = others.filter(ends_at__gt=since, starts_at__lt=draw.ends_at + REACH, frame_size__gt=0)
    return list(near.select_related("plan").order_by("pk"))


def held_by(
    strata: QuerySet[FrameStratum], draws: Collection[Draw], wanted: Collection[UnitOf]
) -> dict[UnitOf, list[Held]]:
    """Return those of some units that strata of these draws hold, each with the strata in the order of their ids."""
    chances = {draw.pk: chance_in(draw) for draw in draws}
    rows = strata.filter(draw__in=chances).order_by("pk").values_list("pk", "agent_id", "draw_id", "units")
    found: dict[UnitOf, list[Held]] = {}
    for pk, agent, draw, units in rows.iterator(chunk_size=200):
        for fields in units:
            if (unit := (agent, fields[0])) in wanted:
                found.setdefault(unit, []).append((pk, chances[draw](Unit(*fields))))
    return found


def repeats(strata: QuerySet[FrameStratum]) -> dict[int, tuple[Repeat, ...]]:
    """Return what some strata repeat of those frozen before them: by stratum, each set of earlier ones and how much."""
    found: dict[int, tuple[Repeat, ...]] = {}
    rows = Overlap.objects.filter(stratum__in=strata.order_by().values("pk")).order_by("pk")
    for stratum, earlier, units in rows.values_list("stratum_id", "earlier", "units"):
        found[stratum] = (*found.get(stratum, ()), Repeat(frozenset(earlier), units))
    return found


def frame_size(strata: QuerySet[FrameStratum]) -> int:
    """Return N of some strata together: each conversation and reviewee once, in however many frames it stands."""
    sizes: Mapping[int, tuple[int, bool]] = {
        pk: (size, is_shared) for pk, size, is_shared in strata.order_by().values_list("pk", "frame_size", "is_shared")
    }
    whole = sum(size for size, _is_shared in sizes.values())
    if not any(is_shared for _size, is_shared in sizes.values()):
        return whole
    return whole - sum(repeated(one, sizes.keys()) for one in repeats(strata).values())
