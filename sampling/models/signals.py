"""Facts that later stages tell the sampler; they travel against the flow through these tables only."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Agent


class Signal(models.Model):
    """Something known about a subject at a time: a recent critical error, a spread for allocation, a risk."""

    subject = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    value = models.FloatField()
    known_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["subject", "kind", "-known_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["subject", "kind", "known_at"], name="signal_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class QuotaBoostQuerySet(models.QuerySet["QuotaBoost"]):
    """Questions about boosts."""

    def during(self, starts_at: datetime, ends_at: datetime) -> QuotaBoostQuerySet:
        """Return the boosts that hold at some moment of a period."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class QuotaBoost(models.Model):
    """More random picks for one agent for a time: the follow-up after coaching."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="quota_boosts")
    extra = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=120, blank=True)

    objects = QuotaBoostQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agent", "starts_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="boost_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"+{self.extra} for {self.agent}"
