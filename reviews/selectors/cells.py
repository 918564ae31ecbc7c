"""Work the weekly sums out from the published reviews, and compare them with what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet

from reviews.models import Answer, Cell, Review, Revision

UNIT = 10_000  # cells count in 10⁻⁴ points
FAILED = "failed"  # 100 points where the whole card failed, else 0: its mean is the share that failed
STRATA_AT_ONCE = 200

# stratum, metric, rubric version, reviewer, pool
Key = tuple[int, str, int, int, str]


@dataclass(slots=True)
class Sums:
    """n, Σy and Σy² of one cell, and the newest review in it."""

    n: int = 0
    total: int = 0
    squares: int = 0
    newest_at: datetime | None = None
    newest_review_id: int = 0

    def take(self, y: int, review: Review) -> None:
        """Add what one review measured."""
        self.n += 1
        self.total += y
        self.squares += y * y
        assert review.published_at is not None
        if self.newest_at is None or review.published_at > self.newest_at:
            self.newest_at, self.newest_review_id = review.published_at, review.pk

    @property
    def numbers(self) -> tuple[int, int, int]:
        """Return what is compared."""
        return self.n, self.total, self.squares


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell whose stored sums are not those of the published reviews."""

    key: Key
    stored: tuple[int, int, int]
    expected: tuple[int, int, int]

    def __str__(self) -> str:
        stratum, metric, version, reviewer, pool = self.key
        where = f"stratum {stratum}, {metric}, rubric version {version}, reviewer {reviewer}, {pool}"
        return f"{where}: stored (n, Σy, Σy²) {self.stored}, expected {self.expected}"


def measures(revision: Revision, answers: Sequence[Answer]) -> Mapping[str, int]:
    """Return what one revision measures: metric → y in 10⁻⁴ points (0 to 1,000,000)."""
    found: dict[str, int] = {}
    if revision.final_score is not None:
        found["total"] = _units(revision.final_score)
        found[FAILED] = _units(Decimal(100)) if fails_the_card(revision) else 0
    for prefix, scores in (("section", revision.section_scores), ("skill", revision.skill_scores)):
        found.update({f"{prefix}:{key}": _units(Decimal(value)) for key, value in scores.items() if value is not None})
    for answer in answers:
        if answer.state == Answer.State.SCORED and answer.value is not None:
            found[f"criterion:{answer.criterion.lineage}"] = _units(answer.value * 100)
    return found


def fails_the_card(revision: Revision) -> bool:
    """Say whether an answer or a critical error failed the whole card; missing the pass mark is no such fail."""
    return says_card(revision.failed_by)


def says_card(failed_by: Sequence[Mapping[str, Any]]) -> bool:
    """Say the same of what a revision keeps of it."""
    return any(entry.get("reason") in {"card", "dimension"} for entry in failed_by)


def counted() -> QuerySet[Review]:
    """Return the reviews that averages are made of: published, primary, drawn."""
    answers = Answer.objects.select_related("criterion")
    return (
        Review.objects.published()
        .filter(purpose="primary", item__pick__stratum__isnull=False)
        .select_related("current", "item__pick")
        .prefetch_related(Prefetch("current__answers", queryset=answers))
    )


def expected(stratum_ids: Sequence[int]) -> dict[Key, Sums]:
    """Work out the cells of some strata from the published reviews."""
    found: dict[Key, Sums] = {}
    for review in counted().filter(item__pick__stratum__in=stratum_ids).order_by("pk"):
        assert review.current is not None and review.item.pick.stratum_id is not None  # noqa: PT018
        for metric, y in measures(review.current, list(review.current.answers.all())).items():
            key = (review.item.pick.stratum_id, metric, review.rubric_version_id, review.author_id, review.pool)
            found.setdefault(key, Sums()).take(y, review)
    return found


@dataclass(frozen=True, slots=True)
class Compared:
    """How many cells of some strata were compared, and those that differ."""

    cells: int
    differences: list[Difference]


def compare() -> Iterator[Difference]:
    """Yield each cell that is not what the published reviews add up to."""
    for stratum_ids in strata():
        yield from compare_strata(stratum_ids).differences


def compare_strata(stratum_ids: Sequence[int]) -> Compared:
    """Compare the cells of some strata: whole numbers, so equal means equal in n and in every digit of the mean."""
    wanted = {key: sums.numbers for key, sums in expected(stratum_ids).items()}
    there = {
        (row[0], row[1], row[2], row[3], row[4]): (row[5], row[6], row[7])
        for row in Cell.objects.filter(stratum__in=stratum_ids).values_list(
            "stratum_id", "metric", "rubric_version_id", "reviewer_id", "pool", "n", "total", "squares"
        )
    }
    keys = sorted(wanted.keys() | there.keys())
    pairs = ((key, there.get(key, (0, 0, 0)), wanted.get(key, (0, 0, 0))) for key in keys)
    return Compared(len(keys), [Difference(key, stored, right) for key, stored, right in pairs if stored != right])


def strata() -> Iterator[list[int]]:
    """Yield the strata that have cells, or should have, in batches."""
    reviewed = set(counted().values_list("item__pick__stratum_id", flat=True).distinct())
    known = sorted(reviewed | set(Cell.objects.values_list("stratum_id", flat=True).distinct()))
    for start in range(0, len(known), STRATA_AT_ONCE):
        yield known[start : start + STRATA_AT_ONCE]


def _units(points: Decimal) -> int:
    return int((points * UNIT).to_integral_value())
