"""Build the receipt of a draw from what was frozen. The frame's part never changes; the sample's part follows skips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sampling import receipts, units
from sampling.design import period_key, random_design
from sampling.models import Draw, FrameStratum, PeriodKey, Pick
from sampling.receipts import DrawnPick, StratumFrame, StratumSample


def receipt_of(draw: Draw) -> Iterator[str]:
    """Yield the receipt of a draw, line by line."""
    key = PeriodKey.objects.select_related("master", "plan").get(plan=draw.plan_id, period=draw.period)
    strata = list(draw.strata.order_by("agent_identity", "stratum", "pk"))
    frames = [_frame(stratum) for stratum in strata]
    frame = _frame_lines(draw, frames, key)
    samples = _samples(draw, strata)
    return receipts.write(frame, receipts.sample_lines(frames, samples, after=len(frame)))


def frame_digest(draw: Draw, strata: Sequence[FrameStratum], key: PeriodKey) -> str:
    """Return the digest of the frame, which the draw keeps so that a receipt that comes back can be compared."""
    return receipts.digest(_frame_lines(draw, [_frame(stratum) for stratum in strata], key))


def _frame_lines(draw: Draw, frames: Sequence[StratumFrame], key: PeriodKey) -> receipts.Lines:
    secret = period_key(bytes(key.master.secret), str(key.plan.identity), key.period)
    promise = {"key": secret.hex(), "fingerprint": key.fingerprint, "published_at": _moment(key.published_at)}
    return receipts.frame_lines(_facts(draw), promise, frames)


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


def _frame(stratum: FrameStratum) -> StratumFrame:
    return StratumFrame(
        agent=stratum.agent_identity,
        label=stratum.stratum,
        quota=stratum.quota,
        units=[unit.order for unit in units.read(stratum.units)],
    )


def _samples(draw: Draw, strata: Sequence[FrameStratum]) -> list[StratumSample]:
    by_stratum: dict[int, list[DrawnPick]] = {}
    for pick in Pick.objects.filter(draw=draw, stratum__isnull=False).order_by("stratum", "rank"):
        drawn = DrawnPick(pick.rank, pick.pool, pick.dropped, pick.drop_reason, pick.vacated)
        by_stratum.setdefault(pick.stratum_id or 0, []).append(drawn)
    return [StratumSample(one.prefix, one.eligible, one.drawn, by_stratum.get(one.pk, [])) for one in strata]


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
