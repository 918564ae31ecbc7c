"""One weekly look at one agent's skill: what was seen, how sure, and where the trigger's state machine stood."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models

from accounts.models import Agent
from rubrics.models import Skill


class Look(models.Model):
    """The result of one week's look. The next week's look goes on from its state."""

    class State(models.TextChoices):
        NONE = "none", "Nothing"
        OPENED = "opened", "Opened"
        OPEN = "open", "Open"
        CLOSE_SUGGESTED = "close_suggested", "Closing suggested"
        COOLDOWN = "cooldown", "Cooling down"

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="looks")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="looks")
    week = models.CharField(max_length=8)  # ISO week, 2026-W47
    looked_at = models.DateTimeField()
    n = models.PositiveIntegerField(default=0)
    n_effective = models.FloatField(default=0)
    mean = models.FloatField(null=True, blank=True)
    level = models.FloatField(null=True, blank=True)
    level_sd = models.FloatField(null=True, blank=True)
    target = models.FloatField()
    probability = models.FloatField(null=True, blank=True)
    flag = models.BooleanField(default=False)
    reason = models.CharField(max_length=30, blank=True)
    baseline = models.FloatField(null=True, blank=True)
    baseline_sd = models.FloatField(null=True, blank=True)
    newest_review_id = models.BigIntegerField(null=True, blank=True)
    newest_published_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.NONE)
    above = models.PositiveSmallIntegerField(default=0)
    below = models.PositiveSmallIntegerField(default=0)
    cooldown = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["agent", "skill", "week"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["agent", "skill", "week"], name="look_once")]
        indexes: ClassVar = [models.Index(fields=["week", "state"], name="look_week")]

    def __str__(self) -> str:
        return f"{self.agent} {self.skill} {self.week}"

    @property
    def starts_on(self) -> date:
        """Return the Monday of the week, as charts call it."""
        return date.fromisocalendar(int(self.week[:4]), int(self.week[-2:]), 1)
