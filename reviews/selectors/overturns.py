"""Count how often decided disputes changed an answer: by criterion and by reviewer, for reports and calibration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from reviews.models import Dispute, DisputedPoint


@dataclass(frozen=True, slots=True)
class Overturns:
    """How many disputed answers were decided, and how many of them were changed. `key` is a lineage or a user id."""

    key: str | int
    name: str
    decided: int
    changed: int

    @property
    def rate(self) -> float:
        """Return the share that was changed, 0 to 1."""
        return self.changed / self.decided


def decided_points(*, since: datetime | None = None, until: datetime | None = None) -> QuerySet[DisputedPoint]:
    """Return the points that were decided in a window: since ≤ decided < until."""
    rows = DisputedPoint.objects.filter(dispute__status=Dispute.Status.DECIDED)
    if since is not None:
        rows = rows.filter(dispute__ended_at__gte=since)
    return rows if until is None else rows.filter(dispute__ended_at__lt=until)


def totals(points: QuerySet[DisputedPoint]) -> dict[str, int]:
    """Count all of them: answers that were decided, and changed."""
    changed = Count("pk", filter=Q(decision=DisputedPoint.Decision.CHANGED))
    found: dict[str, int] = points.order_by().aggregate(answers=Count("pk"), changed=changed)
    return found


def by_criterion(points: QuerySet[DisputedPoint]) -> list[Overturns]:
    """Count per criterion, across the versions of its rubric; most changed first."""
    return _counted(points, "criterion__lineage", "criterion__name")


def by_reviewer(points: QuerySet[DisputedPoint]) -> list[Overturns]:
    """Count per reviewer whose answers were disputed; most changed first."""
    return _counted(points, "dispute__review__author", "dispute__review__author__name")


def _counted(points: QuerySet[DisputedPoint], key: str, name: str) -> list[Overturns]:
    changed = Count("pk", filter=Q(decision=DisputedPoint.Decision.CHANGED))
    rows = points.order_by().values(key, name).annotate(decided=Count("pk"), changed=changed)
    found: dict[str | int, Overturns] = {}
    for row in rows:
        # A criterion may have been reworded between versions: any of its names will do.
        seen = found.get(row[key])
        decided, overturned = (row["decided"], row["changed"])
        if seen is not None:
            decided, overturned = decided + seen.decided, overturned + seen.changed
        found[row[key]] = Overturns(row[key], row[name], decided, overturned)
    return sorted(found.values(), key=lambda one: (-one.changed, -one.decided, one.name))
