"""Build the receipt of a draw from what was frozen. The frame's part never changes; the sample's part follows skips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sampling import receipts, units
from sampling.design import period_key, random_design
from sampling.models import Draw, FrameStratum, PeriodKey, Pick
from sampling.pools import TargetedPool
from sampling.receipt_lines import exactly, written
from sampling.receipts import DrawnPick, StratumFrame, StratumSample

Kept = Sequence[Sequence[Any]]
AT_ONCE = 5000  # units that are held at a time, or those of one stratum
MOST_STRATA = 500  # far below what either database takes as parameters


def receipt_of(draw: Draw) -> Iterator[str]:
    """Yield the receipt of a draw, line by line. Memory follows the largest stratum and the picks, not the frame."""
    key = PeriodKey.objects.select_related("master", "plan").get(plan=draw.plan_id, period=draw.period)
    # Sorted here and not by the database, whose order of letters is its own.
    strata = sorted(draw.strata.defer("units"), key=lambda one: (one.agent_identity, one.stratum, one.pk))
    samples = _samples(draw, strata)
    secret, promise = _promise(key)
    pool = TargetedPool.of(draw, secret)

    def drawn() -> Iterator[tuple[StratumFrame, StratumSample]]:
        for (stratum, kept), sample in zip(_with_units(strata), samples, strict=True):
            yield _frame(stratum, kept, pool, is_first_version=draw.receipt_version == 1), sample

    facts, targeted = _facts(draw), _targeted(draw, pool)
    return receipts.write(
        lambda: receipts.all_lines(facts, promise, drawn(), targeted=targeted), version=draw.receipt_version
    )


def frame_digest(draw: Draw, strata: Sequence[FrameStratum], key: PeriodKey) -> str:
    """Return the digest of the frame, which the draw keeps so that a receipt that comes back can be compared."""
    secret, promise = _promise(key)
    pool = TargetedPool.of(draw, secret)
    frames = (_frame(one, one.units, pool, is_first_version=draw.receipt_version == 1) for one in strata)
    lines = receipts.frame_lines(_facts(draw), promise, frames, targeted=_targeted(draw, pool))
    return receipts.digest(map(receipts.body, lines))


def _promise(key: PeriodKey) -> tuple[bytes, dict[str, str]]:
    """Return the key of the period, and what its line says."""
    secret = period_key(bytes(key.master.secret), str(key.plan.identity), key.period)
    told = {"key": secret.hex(), "fingerprint": key.fingerprint, "published_at": _moment(key.published_at)}
    return secret, told


def _with_units(strata: Sequence[FrameStratum]) -> Iterator[tuple[FrameStratum, Kept]]:
    """Yield strata with their units, some thousands of which are read at a time."""
    batch: list[FrameStratum] = []
    for place, stratum in enumerate(strata, start=1):
        batch.append(stratum)
        if sum(one.frame_size for one in batch) >= AT_ONCE or len(batch) >= MOST_STRATA or place == len(strata):
            rows = FrameStratum.objects.filter(pk__in=[one.pk for one in batch]).order_by()
            kept = dict(rows.values_list("pk", "units"))
            yield from ((one, kept[one.pk]) for one in batch)
            batch = []


def _targeted(draw: Draw, pool: TargetedPool | None) -> dict[str, Any] | None:
    if pool is None:
        return None
    return {"design": pool.design, "scale": exactly(pool.scale), "derived_from": draw.targeted_from}


def _facts(draw: Draw) -> dict[str, Any]:
    plan = str(draw.plan.identity)
    settings = dict(draw.frozen_settings)
    return {
        "plan": plan,
        "name": settings.pop("name"),
        "period": draw.period,
        "starts_at": _moment(draw.starts_at),
        "ends_at": _moment(draw.ends_at),
        "time_zone": draw.time_zone,
        "design": random_design(plan, draw.period),
        "settings": settings,
        "frame_size": draw.frame_size,
        "too_late": draw.too_late,
        "without_reviewee": draw.without_reviewee,
        "frozen_at": _moment(draw.frozen_at),
    }


def _frame(stratum: FrameStratum, found: Kept, pool: TargetedPool | None, *, is_first_version: bool) -> StratumFrame:
    kept = units.read(found)
    more: dict[str, Any] = {}
    if not is_first_version:
        more = {"team": stratum.team_identity, "extra": stratum.extra}
        if stratum.spread is not None:
            more["spread"] = exactly(stratum.spread)
    return StratumFrame(
        agent=stratum.agent_identity,
        label=stratum.stratum,
        quota=stratum.quota,
        units=[unit.order for unit in kept],
        more=more,
        unit_more={place: _risk(unit, pool) for place, unit in enumerate(kept, start=1) if unit.hits},
    )


def _risk(unit: units.Unit, pool: TargetedPool | None) -> dict[str, Any]:
    """Return what a line says of a unit that risk rules hit."""
    facts: dict[str, Any] = {"hits": list(unit.hits), "x": exactly(unit.x)}
    if pool is not None:
        facts |= {"pi": exactly(pool.chance(unit)), "ut": written(pool.number(unit))}
    return facts


def _samples(draw: Draw, strata: Sequence[FrameStratum]) -> list[StratumSample]:
    by_stratum: dict[int, list[DrawnPick]] = {}
    for pick in Pick.objects.filter(draw=draw, stratum__isnull=False).order_by("stratum", "rank"):
        drawn = DrawnPick(pick.rank, pick.pool, pick.dropped, pick.drop_reason, pick.vacated)
        by_stratum.setdefault(pick.stratum_id or 0, []).append(drawn)
    return [StratumSample(one.prefix, one.eligible, one.drawn, by_stratum.get(one.pk, [])) for one in strata]


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
