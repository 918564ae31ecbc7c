"""Keep the weekly sums in step with what is published: added and subtracted in the same transaction."""

from __future__ import annotations

from django.db import connection, transaction

from reviews.models import Cell, Review, Revision
from reviews.selectors.cells import Key, Sums, expected, measures, strata

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
    answers = list(revision.answers.select_related("criterion"))
    rows = [
        (stratum_id, metric, *key, sign, sign * y, sign * y * y, *newest)
        # In key order: two transactions that touch the same cells wait for each other instead of dead-locking.
        for metric, y in sorted(measures(revision, answers).items())
    ]
    with connection.cursor() as cursor:
        cursor.executemany(ADD, rows)


@transaction.atomic
def rebuild() -> int:
    """Throw all cells away and make them again from the published reviews; the number made."""
    keep_publishing_out()
    batches = list(strata())
    Cell.objects.all().delete()
    made = 0
    for stratum_ids in batches:
        cells = [_cell(key, sums) for key, sums in sorted(expected(stratum_ids).items())]
        Cell.objects.bulk_create(cells, batch_size=1000)
        made += len(cells)
    return made


def keep_publishing_out() -> None:
    """Let nobody write a cell until this transaction ends."""
    # Whoever is publishing has written its cells before this lock is given, and is seen; whoever comes after adds to
    # the new cells. On SQLite the transaction is the only writer anyway.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE reviews_cell IN SHARE ROW EXCLUSIVE MODE")


def _cell(key: Key, sums: Sums) -> Cell:
    stratum_id, metric, version_id, reviewer_id, pool = key
    assert sums.newest_at is not None
    return Cell(
        stratum_id=stratum_id,
        metric=metric,
        rubric_version_id=version_id,
        reviewer_id=reviewer_id,
        pool=pool,
        n=sums.n,
        total=sums.total,
        squares=sums.squares,
        newest_review_id=sums.newest_review_id,
        newest_at=sums.newest_at,
    )
