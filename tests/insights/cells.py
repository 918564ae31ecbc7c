"""Strata and weekly sums made by hand, for tests of the reports that read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.models import Agent, Team, User
from reviews.models import Cell
from rubrics.models import RubricVersion
from sampling.models import Draw, FrameStratum, Plan
from tests.conftest import NOW


def draw_of(plan: Plan, *, monday: datetime) -> Draw:
    """Make the draw of one week, or find it."""
    made, _new = Draw.objects.get_or_create(
        plan=plan,
        period=f"{monday:%G-W%V}",
        defaults={
            "starts_at": monday,
            "ends_at": monday + timedelta(days=7),
            "time_zone": "UTC",
            "rubric_version": plan.rubric.versions.first(),
            "fingerprint": "0" * 64,
            "frozen_at": NOW,
            "due_at": NOW,
        },
    )
    return made


def reviewed(
    agent: Agent,
    scores: Sequence[float],
    *,
    plan: Plan,
    monday: datetime,
    by: User,
    frame_size: int = 50,
    team: Team | None = None,
    metric: str = "total",
    drawn: int | None = None,
    failed: int = 0,
    version: RubricVersion | None = None,
) -> FrameStratum:
    """Put an agent's published scores (points) of one week into the sums."""
    draw = draw_of(plan, monday=monday)
    stratum, _new = FrameStratum.objects.get_or_create(
        draw=draw,
        agent=agent,
        defaults={
            "team": team, "frame_size": frame_size, "quota": len(scores), "prefix": drawn or len(scores),
            "eligible": drawn or len(scores), "drawn": drawn or len(scores),
        },
    )  # fmt: skip
    sums = {metric: [round(score * 10_000) for score in scores]}
    if failed:
        sums["failed"] = [1_000_000] * failed + [0] * (len(scores) - failed)
    for name, units in sums.items():
        Cell.objects.create(
            stratum=stratum,
            metric=name,
            rubric_version=version or draw.rubric_version,
            reviewer=by,
            pool="random",
            n=len(units),
            total=sum(units),
            squares=sum(unit * unit for unit in units),
            newest_review_id=1,
            newest_at=NOW,
        )
    return stratum
