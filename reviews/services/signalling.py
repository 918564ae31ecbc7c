"""Tell the sampler what reviews found: critical errors of agents, and how much the scores of a class differ."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.db.models import Sum

from reviews.models import Cell, Review, Revision
from rubrics.scoring.result import FailureReason
from sampling.models import Plan
from sampling.quotas import NEYMAN
from sampling.selectors.spreads import spreads
from sampling.services import signals
from stats import moments_from_sums, pooled_var

WEEKS = 8
CRITICAL = {FailureReason.CARD.value, FailureReason.DIMENSION.value}


def tell(review: Review, revision: Revision, *, now: datetime) -> None:
    """Say that an agent made a critical error, when a published review found one."""
    reasons = {failure["reason"] for failure in revision.failed_by}
    if review.purpose == "primary" and reasons & CRITICAL:
        signals.critical_error(review.agent, now=now)


def tell_spreads(*, now: datetime) -> int:
    """Say for each plan that asks how much the scores of its classes differ; the number that changed."""
    told = 0
    for plan in Plan.objects.open().filter(allocation=NEYMAN):
        known = spreads(plan, known_by=now)
        for label, points in spread_of(plan, now=now).items():
            if not math.isclose(known.get(label, -1.0), points, abs_tol=1e-9):
                signals.spread(plan, label, points, now=now)
                told += 1
    return told


def spread_of(plan: Plan, *, now: datetime) -> dict[str, float]:
    """Return S_h of each class in points: the spread within agents, pooled over them and over eight weeks (1.4)."""
    cells = Cell.objects.filter(
        metric="total", pool="random", stratum__draw__plan=plan, stratum__draw__voided_at=None,
        stratum__draw__ends_at__gt=now - timedelta(weeks=WEEKS),
    )  # fmt: skip
    rows = (
        cells.order_by()
        .values_list("stratum__stratum", "stratum__agent")
        .annotate(Sum("n"), Sum("total"), Sum("squares"))
    )
    parts: dict[str, list[tuple[int, float | None]]] = {}
    for label, _agent, n, total, squares in rows:
        found = moments_from_sums(n, total=total, squares=squares)
        parts.setdefault(label, []).append((found.n, found.s2))
    pooled = {
        label: pooled_var([n for n, _s2 in known], s2=[s2 for _n, s2 in known]).v for label, known in parts.items()
    }
    return {label: math.sqrt(variance) for label, variance in pooled.items() if variance is not None}
