"""What stored answers would have come to under another version of their rubric."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from accounts.access import reach
from accounts.roles import Permission
from core.models import Job
from reviews.models.reviews import Review, Revision
from rubrics.models import Rubric


class WhatIfQuerySet(models.QuerySet["WhatIf"]):
    """Questions about what-ifs."""

    def visible_to(self, user: Any) -> WhatIfQuerySet:
        """Return one's own; those who look after the rubrics everywhere see all."""
        if reach(user, Permission.MANAGE_RUBRICS).everywhere:
            return self
        return self.filter(job__created_by=user.pk)


class WhatIf(models.Model):
    """A replay of stored answers by a proposed card. The card is kept as it was, whatever its draft became since."""

    job = models.OneToOneField(Job, models.CASCADE, related_name="what_if")
    rubric = models.ForeignKey(Rubric, models.CASCADE, related_name="+")
    version_number = models.PositiveIntegerField()
    document = models.TextField()
    fingerprint = models.CharField(max_length=64)
    submitted_from = models.DateField(null=True, blank=True)
    submitted_until = models.DateField(null=True, blank=True)

    objects = WhatIfQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"what if {self.rubric_id} v{self.version_number}"


class Flip(models.Model):
    """A review whose outcome would be another one. Derived: it goes with its what-if."""

    what_if = models.ForeignKey(WhatIf, models.CASCADE, related_name="flips")
    review = models.ForeignKey(Review, models.CASCADE, related_name="+")
    score_before = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    score_after = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    outcome_before = models.CharField(max_length=4, choices=Revision.Outcome)
    outcome_after = models.CharField(max_length=4, choices=Revision.Outcome)

    class Meta:
        ordering: ClassVar = ["what_if", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["what_if", "review"], name="flip_once")]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.outcome_before} → {self.outcome_after}"
