"""What was drawn and reviewed by class, channel × risk: what an average is adjusted by for what stayed unreviewed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, QuerySet, Sum

from core.prepared import moment
from reviews.models import QueueItem, Review
from reviews.models.queue import IsOpen
from sampling.models import Pick
from sampling.strata import ELEVATED, NORMAL, risk_class_of
from stats import WeightedClass, class_adjusted_mean

Name = tuple[str, str]  # channel and class of risk
ClassRow = tuple[Any, ...]  # stratum, channel, pi^T, pending, due, reviewed, scored, Σ points
PUBLISHED = Q(ended__status=Review.Status.PUBLISHED)
SCORED = PUBLISHED & Q(ended__current__final_score__isnull=False)
IS_PENDING = Q(IsOpen("status"), due_at__gt=moment("until")) | Q(ended__status=Review.Status.SUBMITTED)
IS_DUE = ~Q(IsOpen("status"), due_at__gt=moment("until")) & (
    Q(ended__status=None)
    | Q(ended__status__in=[one for one in Review.Status if one not in {Review.Status.DRAFT, Review.Status.SUBMITTED}])
)


def counted(items: QuerySet[QueueItem], *also_by: str) -> QuerySet[QueueItem, Any]:
    """Count primary items by stratum, channel and chance: those to come, due and done; a slot `until` says when."""
    # A conversation that was handed on has a seat for each who had it: the last one counts.
    next_seat = QueueItem.objects.filter(pick=OuterRef("pick"), purpose=OuterRef("purpose"), seat__gt=OuterRef("seat"))
    last = items.exclude(pick__dropped=Pick.Dropped.INELIGIBLE).filter(~Exists(next_seat))
    # Beside the review that counts may lie drafts of those who lost the item: joined, each would count as one drawn.
    ended = FilteredRelation("review", condition=~Q(review__status=Review.Status.DRAFT))
    return (
        last.annotate(ended=ended)
        .order_by()
        .values_list("pick__stratum", "conversation__channel", "pick__pi_targeted", *also_by)
        .annotate(
            pending=Count("pk", filter=IS_PENDING),
            due=Count("pk", filter=IS_DUE),
            reviewed=Count("pk", filter=PUBLISHED),
            scored=Count("pk", filter=SCORED),
            points=Sum("ended__current__final_score", filter=SCORED),
        )
    )


def pending(rows: Iterable[ClassRow]) -> Counter[int]:
    """Count by stratum what is not late and not published yet."""
    found: Counter[int] = Counter()
    for stratum, _channel, _targeted, to_come, *_rest in rows:
        found[stratum] += to_come
    return found


def take(
    classes: dict[Name, WeightedClass], row: Sequence[Any], *, label: str, chance: Callable[[float], float]
) -> None:
    """Add a row to the classes of its stratum (label). chance: pi^T → the chance to be drawn and due by now."""
    channel, targeted, _pending, due, reviewed, scored, points = row
    pi = chance(targeted)
    if pi <= 0 or due == 0:
        return
    one = WeightedClass(due, reviewed, due / pi, reviewed / pi, scored / pi, float(points or 0) / pi)
    add(classes, (channel, risk_of(label, targeted)), one)


def add(classes: dict[Name, WeightedClass], name: Name, one: WeightedClass) -> None:
    """Add to a class."""
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
            add(whole, name, one)
    return class_adjusted_mean(list(whole.values()))
