"""Write what a draw froze: the strata of each agent with every unit's number, and the picks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sampling.models import Draw, FrameStratum, PeriodKey, Pick
from sampling.pools import TargetedPool
from sampling.prefix import reach
from sampling.quotas import Size, quotas
from sampling.selectors.classes import Classified
from sampling.services import keys
from sampling.terms import Terms
from sampling.units import kept

BATCH = 500


def write_strata(draw: Draw, classified: Classified, terms: Terms, key: PeriodKey) -> list[FrameStratum]:
    """Write one stratum per agent and class, its units in ascending u, and share out the quotas."""
    strata = [
        FrameStratum(
            draw=draw,
            agent_id=mine.agent_id,
            agent_identity=mine.identity,
            team_id=mine.team_id,
            team_identity=mine.team,
            stratum=mine.label,
            extra=mine.extra,
            spread=mine.spread,
            units=sorted(mine.units, key=lambda unit: unit.order),
        )
        for mine in classified.strata(draw, keys.secret(key))
    ]
    strata.sort(key=lambda one: (one.agent_identity, one.stratum))
    pool = TargetedPool.of(draw, keys.secret(key))
    sizes = [
        Size(one.agent_identity, one.team_identity, one.stratum, [u.u for u in one.units], one.extra, one.spread)
        for one in strata
    ]
    for one, quota in zip(strata, quotas(sizes, terms.quota), strict=True):
        _reach(one, quota)
        one.targeted = pool.expected(one.units) if pool else 0.0
        one.units = [kept(unit, with_priority=terms.needs_priorities) for unit in one.units]
    return FrameStratum.objects.bulk_create(strata, batch_size=BATCH)


def write_picks(strata: Iterable[FrameStratum], pool: TargetedPool | None, *, now: datetime) -> list[Pick]:
    """Write the picks of fresh strata: the prefix of each, and what its chance in the targeted pool took."""
    picks: list[Pick] = []
    for stratum in strata:
        picks += [pick_at(stratum, rank, pool, now=now) for rank in range(1, stratum.prefix + 1)]
        beyond = range(stratum.prefix + 1, stratum.frame_size + 1) if pool else ()
        taken = (rank for rank in beyond if pool and pool.takes(stratum.unit_at(rank)))
        picks += [pick_at(stratum, rank, pool, now=now, is_targeted=True) for rank in taken]
    return Pick.objects.bulk_create(picks, batch_size=BATCH)


def release(stratum: FrameStratum, ranks: Sequence[int], *, now: datetime) -> list[Pick]:
    """Release what the prefix reaches now. What the targeted pool took before is in both pools from now on."""
    pool = TargetedPool.of(stratum.draw, keys.of_draw(stratum.draw)) if ranks else None
    standing = {pick.rank: pick for pick in Pick.objects.filter(stratum=stratum, rank__in=ranks)}
    released = []
    for rank in ranks:
        pick = standing.get(rank)
        if pick is None:
            pick = pick_at(stratum, rank, pool, now=now)
        else:
            pick.pool, pick.joined_random_at = Pick.Pool.RANDOM, now
        pick.save()
        released.append(pick)
    return released


def pick_at(
    stratum: FrameStratum, rank: int, pool: TargetedPool | None, *, now: datetime, is_targeted: bool = False
) -> Pick:
    """Return the pick of the unit at a place in ascending u, not saved yet."""
    unit = stratum.unit_at(rank)
    return Pick(
        draw_id=stratum.draw_id,
        stratum=stratum,
        conversation_id=unit.conversation_id,
        completion_id=unit.completion_id,
        agent_id=stratum.agent_id,
        team_id=unit.team_id,
        pool=Pick.Pool.TARGETED if is_targeted else Pick.Pool.RANDOM,
        rank=rank,
        u=unit.u,
        u_targeted=pool.number(unit) if pool else None,
        pi_targeted=pool.chance(unit) if pool else 0.0,
        hits=list(unit.hits),
        released_at=now,
    )


def _reach(stratum: FrameStratum, quota: int) -> None:
    prefix = reach(len(stratum.units), quota, vacated=(), ineligible=())
    stratum.frame_size, stratum.quota = len(stratum.units), quota
    stratum.prefix, stratum.eligible, stratum.drawn = prefix.k, prefix.n_e, prefix.m
