"""What people say about a plan while they work on it: comments, reflections, and "this does not help me"."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from coaching.models.plans import Action, Plan


class RemarkQuerySet(models.QuerySet["Remark"]):
    """Questions about remarks."""

    def visible_to(self, user: models.Model) -> RemarkQuerySet:
        """Return the remarks of the plans that a person may see."""
        return self.filter(plan__in=Plan.objects.visible_to(user))


class Remark(models.Model):
    """One remark, read by both sides: the agent of a shared plan and those who coach. It is never edited."""

    class Kind(models.TextChoices):
        COMMENT = "comment", "Comment"
        REFLECTION = "reflection", "Reflection"
        NOT_HELPFUL = "not_helpful", "This does not help me"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="remarks")
    action = models.ForeignKey(Action, models.SET_NULL, null=True, blank=True, related_name="remarks")
    kind = models.CharField(max_length=12, choices=Kind)
    # Why it does not help: a code of a closed list.
    reason = models.CharField(max_length=30, blank=True)
    text = models.TextField(blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    objects = RemarkQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["plan", "created_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="not_helpful") & ~Q(reason="") | ~Q(kind="not_helpful") & Q(reason=""),
                name="remark_reason_when_not_helpful",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.plan_id}"
