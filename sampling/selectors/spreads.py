"""How much scores differ within each class of a plan: what Neyman's allocation asks."""

from __future__ import annotations

from datetime import datetime

from sampling.models import Plan, Signal

SPREAD = "spread"


def subject_of(plan: Plan, label: str) -> str:
    """Return the name under which the spread of one class of a plan is kept."""
    return f"stratum:{plan.identity}:{label}"


def spreads(plan: Plan, *, known_by: datetime) -> dict[str, float]:
    """Return label → S_h in points, the newest that was known at a moment."""
    prefix = subject_of(plan, "")
    rows = Signal.objects.filter(subject__startswith=prefix, kind=SPREAD, known_at__lte=known_by).order_by("known_at")
    return {subject.removeprefix(prefix): value for subject, value in rows.values_list("subject", "value")}
