"""What was drawn and reviewed by class, channel × risk: what an average is adjusted by for what stayed unreviewed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from core.prepared import moment
from reviews.models import QueueItem, Review
from reviews.models.queue import IsOpen
from sampling.models import Pick
from sampling.strata import ELEVATED, NORMAL, risk_class_of
from sampling.targeting import combined
from stats import WeightedClass, class_adjusted_mean

Name = tuple[str, str]  # channel and class of risk
ClassRow = tuple[Any, ...]  # stratum, its label, channel, pi^T, drawn, reviewed, scored, Σ points
PUBLISHED = Q(review__status=Review.Status.PUBLISHED)
SCORED = PUBLISHED & Q(review__current__final_score__isnull=False)


def counted(items: QuerySet[QueueItem]) -> QuerySet[QueueItem, Any]:
    """Count primary items that are due or done by stratum, channel and chance; a slot `until` says when."""
    # A conversation that was handed on has a seat for each who had it: the last one counts.
    next_seat = QueueItem.objects.filter(pick=OuterRef("pick"), purpose=OuterRef("purpose"), seat__gt=OuterRef("seat"))
    due = items.exclude(pick__dropped=Pick.Dropped.INELIGIBLE).filter(
        ~Q(IsOpen("status"), due_at__gt=moment("until")), ~Q(review__status=Review.Status.SUBMITTED), ~Exists(next_seat)
    )
    return (
        due.order_by()
        .values_list("pick__stratum", "pick__stratum__stratum", "conversation__channel", "pick__pi_targeted")
        .annotate(
            Count("pk"),
            reviewed=Count("pk", filter=PUBLISHED),
            scored=Count("pk", filter=SCORED),
            points=Sum("review__current__final_score", filter=SCORED),
        )
    )


def take(classes: dict[Name, WeightedClass], row: Sequence[Any], *, share: float) -> None:
    """Add a row to the classes of its stratum, of whose eligible conversations the random pool took a share."""
    label, channel, targeted, drawn, reviewed, scored, points = row
    pi = combined(share, targeted)
    if pi <= 0:
        return
    one = WeightedClass(drawn, reviewed, drawn / pi, reviewed / pi, scored / pi, float(points or 0) / pi)
    name = (channel, risk_of(label, targeted))
    classes[name] = classes[name].and_also(one) if name in classes else one


def risk_of(label: str, targeted: float) -> str:
    """Return the class of risk that the stratum names, else what the chance in the targeted pool tells of it."""
    named = risk_class_of(label)
    return ELEVATED if named == NORMAL and targeted > 0 else named


def adjusted(found: Iterable[dict[Name, WeightedClass]]) -> float | None:
    """Return the class-adjusted mean of some strata in points; None where there is nothing to adjust by."""
    whole: dict[Name, WeightedClass] = {}
    for stratum in found:
        for name, one in stratum.items():
            whole[name] = whole[name].and_also(one) if name in whole else one
    return class_adjusted_mean(list(whole.values()))
