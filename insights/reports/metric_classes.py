"""Scores of one criterion, skill or section by class, channel × risk: for the adjusted means of statistics.md 1.8.

Read from the reviews, and only where something stayed unreviewed: the weekly sums do not know channels.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from reviews.models import Answer
from reviews.selectors.cells import counted
from sampling.models import FrameStratum

CRITERION = "criterion"
STORED = {"skill": "current__skill_scores", "section": "current__section_scores"}
# Of a review: its stratum, channel and chance in the targeted pool.
OF_REVIEW = ("item__pick__stratum", "conversation__channel", "item__pick__pi_targeted")
OF_PICK = ("item__pick",)  # where plans overlap, each pick counts by a weight of its own
Place = tuple[Any, ...]
Scored = dict[str, dict[Place, tuple[int, float]]]


def read(strata: QuerySet[FrameStratum], kind: str, *, of: tuple[str, ...] = OF_REVIEW) -> Scored:
    """Return metric → (stratum, channel, chance) → how many reviews are scored on it, and their points; one query."""
    found: Scored = {}
    for name, place, n, points in _answers(strata, of) if kind == CRITERION else _stored(strata, kind, of):
        places = found.setdefault(f"{kind}:{name}", {})
        count, total = places.get(place, (0, 0.0))
        places[place] = (count + n, total + points)
    return found


def _answers(strata: QuerySet[FrameStratum], of: tuple[str, ...]) -> Iterator[tuple[str, Place, int, float]]:
    of_review = [f"revision__review__{name}" for name in of]
    rows = Answer.objects.filter(
        revision=F("revision__review__current"),
        revision__review__in=counted().filter(item__pick__stratum__in=strata.order_by().values("pk")).values("pk"),
        state=Answer.State.SCORED,
        value__isnull=False,
    )
    grouped: Any = rows.order_by().values_list("criterion__lineage", *of_review).annotate(Count("pk"), Sum("value"))
    return ((name, tuple(place), n, float(value) * 100) for name, *place, n, value in grouped)


def _stored(strata: QuerySet[FrameStratum], kind: str, of: tuple[str, ...]) -> Iterator[tuple[str, Place, int, float]]:
    rows = counted().prefetch_related(None).filter(item__pick__stratum__in=strata.order_by().values("pk"))
    named: Any = rows.order_by().values_list(*of, STORED[kind])
    for *place, scores in named.iterator(chunk_size=5000):
        for name, value in scores.items():
            if value is not None:
                yield name, tuple(place), 1, float(value)
