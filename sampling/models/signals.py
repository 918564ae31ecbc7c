"""Facts that later stages tell the sampler; they travel against the flow through these tables only."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Agent
from rubrics.models import Criterion, Skill
from sampling.boosting import extra_within


class Signal(models.Model):
    """Something known about a subject at a time: a recent critical error, a spread for allocation, a risk."""

    # The longest: "stratum:", a plan's identity and the name of a class.
    subject = models.CharField(max_length=160)
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
        runs_on = Q(ended_at=None) | Q(ended_at__gt=starts_at)
        return self.filter(runs_on, starts_at__lt=ends_at, ends_at__gt=starts_at)

    def measuring(self, version: models.Model) -> QuotaBoostQuerySet:
        """Return the boosts for a skill that a rubric version asks for, and those for no skill in particular."""
        skills = Criterion.objects.filter(version=version.pk, skill__isnull=False).values("skill")
        return self.filter(Q(skill=None) | Q(skill__in=skills))


class QuotaBoost(models.Model):
    """More random picks for one agent for a time: the follow-up after coaching.

    extra is how many in all, per sampling plan: see sampling/boosting.py for how they fall into periods.
    """

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="quota_boosts")
    skill = models.ForeignKey(Skill, models.PROTECT, null=True, blank=True, related_name="quota_boosts")
    # Who asked for it; asking twice is asking once.
    key = models.CharField(max_length=60, blank=True)
    extra = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=120, blank=True)

    objects = QuotaBoostQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agent", "starts_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="boost_ends_after_start"),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="boost_once"),
        ]

    def __str__(self) -> str:
        return f"+{self.extra} for {self.agent}"

    def extra_within(self, starts_at: datetime, ends_at: datetime) -> int:
        """Return how many of the extra picks fall into a period."""
        return extra_within(
            self.extra,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            ended_at=self.ended_at,
            period=(starts_at, ends_at),
        )
