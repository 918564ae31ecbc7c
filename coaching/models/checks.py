"""Knowledge checks that a workspace wrote or changed, and every time that somebody took one."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Agent
from coaching.models.plans import Action, Plan
from rubrics.models import Skill


class KnowledgeCheck(models.Model):
    """A question set of the workspace's own. One with the key of a shipped set takes its place."""

    key = models.SlugField(max_length=80, unique=True)
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="knowledge_checks")
    title = models.CharField(max_length=120)
    about = models.TextField(blank=True)
    pass_percent = models.PositiveSmallIntegerField(default=80)
    # As coaching.questions keeps them: text, choices, the position of the right one, and why.
    questions = models.JSONField(default=list)
    goes_with = models.JSONField(default=list, blank=True)
    is_retired = models.BooleanField(default=False)
    number = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["skill", "title", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(pass_percent__gte=1, pass_percent__lte=100), name="check_pass_percent"),
        ]

    def __str__(self) -> str:
        return f"knowledge check “{self.title}”"


class AttemptQuerySet(models.QuerySet["Attempt"]):
    """Questions about attempts."""

    def passed(self) -> AttemptQuerySet:
        """Return those with enough right answers."""
        return self.filter(is_passed=True)

    def visible_to(self, user: models.Model) -> AttemptQuerySet:
        """Return the attempts in the plans that a person may see."""
        return self.filter(plan__in=Plan.objects.visible_to(user))

    def coached_by(self, user: models.Model) -> AttemptQuerySet:
        """Return the attempts in the plans that a person decides on."""
        return self.filter(plan__in=Plan.objects.coached_by(user))

    def of_agent(self, user: models.Model) -> AttemptQuerySet:
        """Return an agent's own attempts, in plans that were shared."""
        return self.filter(plan__in=Plan.objects.shared_with(user))


class Attempt(models.Model):
    """One time that an agent took a knowledge check, with the questions as they were asked then."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="attempts")
    action = models.ForeignKey(Action, models.SET_NULL, null=True, blank=True, related_name="attempts")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="attempts")
    key = models.CharField(max_length=80)
    title = models.CharField(max_length=120)
    number = models.PositiveIntegerField(default=1)
    questions = models.JSONField(default=list)
    answers = models.JSONField(default=list)
    right = models.PositiveSmallIntegerField()
    total = models.PositiveSmallIntegerField()
    is_passed = models.BooleanField()
    taken_at = models.DateTimeField()

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["plan", "-taken_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "key", "number"], name="attempt_once"),
            models.CheckConstraint(condition=Q(right__lte=F("total"), total__gt=0), name="attempt_right_of_total"),
        ]
        indexes: ClassVar = [models.Index(fields=["agent", "key"], name="attempt_agent_key")]

    def __str__(self) -> str:
        return f"“{self.title}”, attempt {self.number}"
