"""Averages are sums: what each publication adds to its frame stratum."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from rubrics.models import RubricVersion
from sampling.models import FrameStratum


class Cell(models.Model):
    """n, Σy and Σy² of one metric in one stratum, by rubric version, reviewer and pool.

    metric: total, criterion:<lineage>, skill:<slug> or section:<lineage>. y is an integer in 10⁻⁴ points
    (0–1,000,000), so that adding and subtracting is exact. Cells add within a stratum only: weeks, agents and
    teams combine with the frame sizes as weights.
    """

    stratum = models.ForeignKey(FrameStratum, models.PROTECT, related_name="cells")
    metric = models.CharField(max_length=100)
    rubric_version = models.ForeignKey(RubricVersion, models.PROTECT, related_name="cells")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="cells")
    pool = models.CharField(max_length=10)
    n = models.IntegerField(default=0)
    total = models.BigIntegerField(default=0)
    squares = models.BigIntegerField(default=0)
    # The newest review that was added: a weekly look asks whether anything came since the last one.
    newest_review_id = models.BigIntegerField()
    newest_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["stratum", "metric"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["stratum", "metric", "rubric_version", "reviewer", "pool"], name="cell_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric}: {self.n}"
