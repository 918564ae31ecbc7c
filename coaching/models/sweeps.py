"""What the sweep did, and what it could not do: kept until it succeeds, so that somebody can see it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from accounts.access import may
from accounts.models import Agent
from accounts.roles import Permission
from rubrics.models import Skill


def _opened_to(user: Any) -> bool:
    return may(user, Permission.MANAGE_SETTINGS) or may(user, Permission.MANAGE_COACHING)


class SweepRunQuerySet(models.QuerySet["SweepRun"]):
    """Questions about runs."""

    def visible_to(self, user: Any) -> SweepRunQuerySet:
        """Return all of them to those who look after the installation or the coaching."""
        return self if _opened_to(user) else self.none()


class SweepRun(models.Model):
    """One run of the coaching sweep. Without an end it is still running, or its worker was lost."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    looks = models.PositiveIntegerField(default=0)
    proposals = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)

    objects = SweepRunQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"coaching sweep {self.started_at:%Y-%m-%d %H:%M}"


class SweepFailureQuerySet(models.QuerySet["SweepFailure"]):
    """Questions about failures."""

    def open(self) -> SweepFailureQuerySet:
        """Return what has not succeeded since."""
        return self.filter(resolved_at=None)

    def visible_to(self, user: Any) -> SweepFailureQuerySet:
        """Return all of them to those who look after the installation or the coaching."""
        return self if _opened_to(user) else self.none()


class SweepFailure(models.Model):
    """One piece of work of the sweep that failed. Every sweep tries it again; the others go on without it."""

    class Part(models.TextChoices):
        LOOK = "look", "Weekly look"
        PROPOSAL = "proposal", "Proposal"
        OBSERVATION = "observation", "Observation"
        OUTCOME = "outcome", "Outcome"
        UPKEEP = "upkeep", "Evidence"

    part = models.CharField(max_length=12, choices=Part)
    # What exactly it was, so that the same thing failing again is the same row: "2026-W08 7 empathy".
    key = models.CharField(max_length=120)
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, blank=True, related_name="+")
    skill = models.ForeignKey(Skill, models.CASCADE, null=True, blank=True, related_name="+")
    week = models.CharField(max_length=8, blank=True)
    # The kind of error only, never what it says: that may hold what people wrote. The rest is in the log.
    error = models.CharField(max_length=100)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = SweepFailureQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-last_at", "-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["part", "key"], name="sweep_failure_once")]
        indexes: ClassVar = [models.Index(fields=["resolved_at", "last_at"], name="sweep_failure_open")]

    def __str__(self) -> str:
        return f"{self.get_part_display()} {self.key}"
