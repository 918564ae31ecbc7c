"""What the weekly comparison of the sums with the reviews found."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.access import may
from accounts.roles import Permission


class CellCheckQuerySet(models.QuerySet["CellCheck"]):
    """Questions about comparisons."""

    def visible_to(self, user: models.Model) -> CellCheckQuerySet:
        """Return all of them to those who look after the programme or the installation, none to others."""
        allowed = may(user, Permission.READ_INSIGHTS) or may(user, Permission.MANAGE_SETTINGS)
        return self.all() if allowed else self.none()

    def newest(self) -> CellCheck | None:
        """Return the last comparison, whatever it found."""
        return self.order_by("-checked_at", "-pk").first()


class CellCheck(models.Model):
    """One comparison of all cells with the published reviews. A difference is told, never repaired in silence."""

    checked_at = models.DateTimeField(db_index=True)
    compared = models.PositiveIntegerField()
    differing = models.PositiveIntegerField()
    # The first differences: ids, a metric and sums, nothing that people wrote.
    examples = models.JSONField(default=list, blank=True)

    objects = CellCheckQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-checked_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(differing__lte=F("compared")), name="cell_check_within_compared"),
        ]

    def __str__(self) -> str:
        return f"{self.differing} of {self.compared} cells differ"
