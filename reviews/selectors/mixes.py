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
from sampling.models import FrameStratum, Pick, SharedPick
from sampling.prefix import Prefix, inclusion_probability
from sampling.selectors.overlaps import Held
from sampling.targeting import combined

BY_ANSWER = "criterion:"
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Score:
    """One review of the random or the targeted pool: y in points, pi in (0, 1], and its rubric version.

    unit: the completion it is of; targeted: its pi^T; also: the strata of other plans that hold it, too, each with its
    pi^T there. pi is its chance in its own plan.
    """

    y: float
    pi: float
    version: int
    unit: int = 0
    targeted: float = 0.0
    also: tuple[Held, ...] = ()


@dataclass(slots=True)
class Mix:
    """The scores of both pools by metric and stratum; and by stratum the reviews, those of the random pool, those that
    failed the card, and how many eligible ones only the targeted pool took: what is drawn beside m of the random pool.
    """

    scores: dict[tuple[str, int], list[Score]] = field(default_factory=dict)
    reviewed: Counter[int] = field(default_factory=Counter)
    at_random: Counter[int] = field(default_factory=Counter)
    failed: Counter[int] = field(default_factory=Counter)
    targeted: dict[int, int] = field(default_factory=dict)


def read(strata: QuerySet[FrameStratum], metric: str) -> Mix:
    """Read the scores of some strata on one metric, or on all that begin so; four or five queries."""
    found = Mix(targeted=_targeted(strata))
    shares, shared = _shares(strata), held_too(strata)
    rows = counted().filter(item__pick__stratum__in=strata.order_by().values("pk"))
    if metric == TOTAL:
        _take_totals(found, rows, shares, shared)
        return found
    has_answers = metric.startswith(BY_ANSWER)
    for review in rows if has_answers else rows.prefetch_related(None):
        stratum = review.item.pick.stratum_id
        share = shares.get(stratum or 0)
        if stratum is not None and share is not None:
            also = shared.get(review.item.pick_id, ())
            _take(found, review, stratum, share=share, metric=metric, has_answers=has_answers, also=also)
    return found


def held_too(strata: QuerySet[FrameStratum]) -> dict[int, tuple[Held, ...]]:
    """Return which other strata hold the unit of a pick, and its pi^T there; nothing of what one plan alone holds."""
    found: dict[int, tuple[Held, ...]] = {}
    rows = SharedPick.objects.filter(pick__stratum__in=strata.order_by().values("pk")).order_by("pk")
    for pick, stratum, targeted in rows.values_list("pick_id", "stratum_id", "pi_targeted"):
        found[pick] = (*found.get(pick, ()), (stratum, targeted))
    return found


def _take_totals(
    found: Mix, rows: QuerySet[Review], shares: Mapping[int, float | None], shared: Mapping[int, tuple[Held, ...]]
) -> None:
    """Take whole scores as plain values: every page with an average asks for them, and for nothing else."""
    named = rows.prefetch_related(None).values_list(
        "item__pick__stratum", "item__pick__pi_targeted", "current__final_score", "current__failed_by",
        "rubric_version", "item__pick", "item__pick__completion", "item__pick__pool",
    )  # fmt: skip
    for stratum, pi_targeted, score, failed_by, version, pick, unit, pool in named:
        share = shares.get(stratum)
        if share is None:
            continue
        found.reviewed[stratum] += 1
        found.at_random[stratum] += pool == Pick.Pool.RANDOM
        found.failed[stratum] += says_card(failed_by)
        if score is not None:
            pi = combined(share, pi_targeted)
            one = Score(float(score), pi, version, unit, pi_targeted, shared.get(pick, ()))
            found.scores.setdefault((TOTAL, stratum), []).append(one)


def _take(
    found: Mix, review: Review, stratum: int, *, share: float, metric: str, has_answers: bool, also: tuple[Held, ...]
) -> None:
    assert review.current is not None  # counted() are published
    found.reviewed[stratum] += 1
    found.failed[stratum] += fails_the_card(review.current)
    pick = review.item.pick
    found.at_random[stratum] += pick.pool == Pick.Pool.RANDOM
    pi = combined(share, pick.pi_targeted)
    answers = list(review.current.answers.all()) if has_answers else []
    for name, y in measures(review.current, answers).items():
        if name.startswith(metric):
            version = review.rubric_version_id
            score = Score(y / UNIT, pi, version, pick.completion_id, pick.pi_targeted, also)
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
