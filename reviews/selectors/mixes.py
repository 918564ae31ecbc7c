"""Scores of both pools with the chance that each was drawn: what a weighted mean is made from (statistics.md 1.5).

Worked out from the reviews and not from sums, because every skip changes the chances. Hand picks have no stratum and
no chance, and so no way in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from reviews.models import Review
from reviews.selectors.cells import UNIT, counted, fails_the_card, measures, says_card
from sampling.models import FrameStratum, Pick
from sampling.prefix import Prefix, inclusion_probability
from sampling.targeting import combined

BY_ANSWER = "criterion:"
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Score:
    """One review of the random or the targeted pool: y in points, pi in (0, 1], and its rubric version."""

    y: float
    pi: float
    version: int


@dataclass(slots=True)
class Mix:
    """The scores of both pools by metric and stratum; and by stratum the reviews, those that failed the card, and
    how many eligible ones only the targeted pool took: what is drawn beside m of the random pool.
    """

    scores: dict[tuple[str, int], list[Score]] = field(default_factory=dict)
    reviewed: Counter[int] = field(default_factory=Counter)
    failed: Counter[int] = field(default_factory=Counter)
    targeted: dict[int, int] = field(default_factory=dict)


def read(strata: QuerySet[FrameStratum], metric: str) -> Mix:
    """Read the scores of some strata on one metric, or on all that begin so; three or four queries."""
    found = Mix(targeted=_targeted(strata))
    shares = _shares(strata)
    rows = counted().filter(item__pick__stratum__in=strata.order_by().values("pk"))
    if metric == TOTAL:
        _take_totals(found, rows, shares)
        return found
    has_answers = metric.startswith(BY_ANSWER)
    for review in rows if has_answers else rows.prefetch_related(None):
        stratum = review.item.pick.stratum_id
        share = shares.get(stratum or 0)
        if stratum is not None and share is not None:
            _take(found, review, stratum, share=share, metric=metric, has_answers=has_answers)
    return found


def _take_totals(found: Mix, rows: QuerySet[Review], shares: Mapping[int, float | None]) -> None:
    """Take whole scores as plain values: every page with an average asks for them, and for nothing else."""
    named = rows.prefetch_related(None).values_list(
        "item__pick__stratum", "item__pick__pi_targeted", "current__final_score", "current__failed_by",
        "rubric_version",
    )  # fmt: skip
    for stratum, pi_targeted, score, failed_by, version in named:
        share = shares.get(stratum)
        if share is None:
            continue
        found.reviewed[stratum] += 1
        found.failed[stratum] += says_card(failed_by)
        if score is not None:
            one = Score(float(score), combined(share, pi_targeted), version)
            found.scores.setdefault((TOTAL, stratum), []).append(one)


def _take(found: Mix, review: Review, stratum: int, *, share: float, metric: str, has_answers: bool) -> None:
    assert review.current is not None  # counted() are published
    found.reviewed[stratum] += 1
    found.failed[stratum] += fails_the_card(review.current)
    pi = combined(share, review.item.pick.pi_targeted)
    answers = list(review.current.answers.all()) if has_answers else []
    for name, y in measures(review.current, answers).items():
        if name.startswith(metric):
            score = Score(y / UNIT, pi, review.rubric_version_id)
            found.scores.setdefault((name, stratum), []).append(score)


def _targeted(strata: QuerySet[FrameStratum]) -> dict[int, int]:
    rows = Pick.objects.filter(
        Q(pool=Pick.Pool.TARGETED) & ~Q(dropped=Pick.Dropped.INELIGIBLE), stratum__in=strata.order_by().values("pk")
    )
    return dict(rows.order_by().values_list("stratum").annotate(Count("pk")))


def _shares(strata: QuerySet[FrameStratum]) -> dict[int, float | None]:
    """Return m/N_e of each stratum."""
    rows = strata.order_by().values_list("pk", "frame_size", "prefix", "eligible", "drawn")
    return {pk: inclusion_probability(size, Prefix(*reached)) for pk, size, *reached in rows}
