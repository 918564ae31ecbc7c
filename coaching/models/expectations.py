"""What a workspace expects of a skill at a level, where it differs from the defaults of coaching.growth."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Agent
from rubrics.models import Skill


class Expectation(models.Model):
    """The points that a level expects of a skill."""

    skill = models.ForeignKey(Skill, models.CASCADE, related_name="expectations")
    level = models.CharField(max_length=12, choices=Agent.Level)
    points = models.FloatField()
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["skill", "level"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["skill", "level"], name="expectation_once"),
            models.CheckConstraint(condition=Q(points__gte=0, points__lte=100), name="expectation_points"),
        ]

    def __str__(self) -> str:
        return f"{self.skill}, {self.level}: {self.points:g}"
