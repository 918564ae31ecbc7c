"""Count in the weekly sums how many reviews failed the whole card, for the reviews that are published already."""

from __future__ import annotations

from typing import Any

from django.db import migrations

FAILED, BATCH = "failed", 1000
WHOLE = 1_000_000  # 100 points in 10⁻⁴ points


def count(apps: Any, _editor: Any) -> None:
    """Add a cell of the metric beside each cell of the total."""
    Cell, Review = apps.get_model("reviews", "Cell"), apps.get_model("reviews", "Review")  # noqa: N806 - models
    failed: dict[tuple[int, int, int, str], int] = {}
    rows = Review.objects.filter(status="published", purpose="primary", item__pick__stratum__isnull=False)
    rows = rows.filter(current__final_score__isnull=False).exclude(current__failed_by=[])
    keys = ("item__pick__stratum_id", "rubric_version_id", "author_id", "pool", "current__failed_by")
    for *key, reasons in rows.values_list(*keys).iterator(chunk_size=BATCH):
        if any(entry.get("reason") in {"card", "dimension"} for entry in reasons):
            failed[tuple(key)] = failed.get(tuple(key), 0) + 1
    batch = []
    for cell in Cell.objects.filter(metric="total").iterator(chunk_size=BATCH):
        k = failed.get((cell.stratum_id, cell.rubric_version_id, cell.reviewer_id, cell.pool), 0)
        cell.pk, cell.metric, cell.total, cell.squares = None, FAILED, k * WHOLE, k * WHOLE * WHOLE
        batch.append(cell)
        if len(batch) == BATCH:
            Cell.objects.bulk_create(batch)
            batch = []
    Cell.objects.bulk_create(batch)


def forget(apps: Any, _editor: Any) -> None:
    """Take the metric out again."""
    apps.get_model("reviews", "Cell").objects.filter(metric=FAILED).delete()


class Migration(migrations.Migration):
    """Fill the cells of the metric "failed"."""

    dependencies = [("reviews", "0012_giving_out_work")]

    operations = [migrations.RunPython(count, forget)]
