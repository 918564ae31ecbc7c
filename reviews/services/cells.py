"""Keep the weekly sums in step with what is published: added and subtracted in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import connection

from reviews.models import Answer, Review, Revision

UNIT = 10_000  # cells count in 10⁻⁴ points

# One statement that both databases know; addition happens in the row, so that two publications never lose a sum.
ADD = """
INSERT INTO reviews_cell
    (stratum_id, metric, rubric_version_id, reviewer_id, pool, n, total, squares, newest_review_id, newest_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (stratum_id, metric, rubric_version_id, reviewer_id, pool) DO UPDATE
SET n = reviews_cell.n + excluded.n,
    total = reviews_cell.total + excluded.total,
    squares = reviews_cell.squares + excluded.squares,
    newest_review_id = CASE WHEN excluded.newest_at > reviews_cell.newest_at
        THEN excluded.newest_review_id ELSE reviews_cell.newest_review_id END,
    newest_at = CASE WHEN excluded.newest_at > reviews_cell.newest_at
        THEN excluded.newest_at ELSE reviews_cell.newest_at END
"""


def add(review: Review, revision: Revision, *, sign: int = 1) -> None:
    """Add a published revision to its stratum's cells; sign −1 takes it out again."""
    stratum_id = review.item.pick.stratum_id
    if stratum_id is None or review.purpose != "primary":
        return
    key = (review.rubric_version_id, review.author_id, review.pool)
    newest = (review.pk, connection.ops.adapt_datetimefield_value(review.published_at))
    rows = [
        (stratum_id, metric, *key, sign, sign * y, sign * y * y, *newest)
        # In key order: two transactions that touch the same cells wait for each other instead of dead-locking.
        for metric, y in sorted(measures(revision).items())
    ]
    with connection.cursor() as cursor:
        cursor.executemany(ADD, rows)


def measures(revision: Revision) -> Mapping[str, int]:
    """Return what one revision measures: metric → y in 10⁻⁴ points (0 to 1,000,000)."""
    found: dict[str, int] = {}
    if revision.final_score is not None:
        found["total"] = _units(revision.final_score)
    for prefix, scores in (("section", revision.section_scores), ("skill", revision.skill_scores)):
        found.update({f"{prefix}:{key}": _units(Decimal(value)) for key, value in scores.items() if value is not None})
    answers = revision.answers.select_related("criterion").filter(state=Answer.State.SCORED)
    for answer in answers:
        if answer.value is not None:
            found[f"criterion:{answer.criterion.lineage}"] = _units(answer.value * 100)
    return found


def _units(points: Decimal) -> int:
    return int((points * UNIT).to_integral_value())
