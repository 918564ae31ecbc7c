"""The trigger rules of this workspace, version by version, and what the weekly looks notice beside plans."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.access import reach
from accounts.models import Agent, TeamMembership
from accounts.roles import Permission
from rubrics.models import Skill


class RuleVersionQuerySet(models.QuerySet["RuleVersion"]):
    """Questions about versions of the rules."""

    def visible_to(self, user: Any) -> RuleVersionQuerySet:
        """Return all of them to those who coach: a plan names the rules that it was proposed by."""
        return self if reach(user, Permission.COACH) else self.none()


class RuleVersion(models.Model):
    """The trigger rules as somebody set them. Never edited: a change is a new version, and the newest one holds.

    Without any, what is shipped holds; a plan proposed by it names version 0.
    """

    number = models.PositiveIntegerField(unique=True)
    values = models.JSONField()
    note = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = RuleVersionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(number__gte=1), name="rule_version_from_one")]

    def __str__(self) -> str:
        return f"trigger rules {self.number}"


class ObservationQuerySet(models.QuerySet["Observation"]):
    """Questions about observations."""

    def open(self) -> ObservationQuerySet:
        """Return those that nobody has answered."""
        return self.filter(answered_at=None)

    def visible_to(self, user: Any) -> ObservationQuerySet:
        """Return those about agents whom a person coaches today, never about the person."""
        scope = reach(user, Permission.COACH)
        others = self.exclude(agent__user=user.pk)
        if scope.everywhere:
            return others
        today = TeamMembership.objects.filter(team__in=scope.team_ids, ends_at=None).values("agent")
        return others.filter(agent__in=today)


class Observation(models.Model):
    """Something that a week's numbers show and that opens no plan: a strength worth praising, or a sudden decline."""

    class Kind(models.TextChoices):
        STRENGTH = "strength", "A strength worth praising"
        DECLINE = "decline", "A decline worth a look"

    class Answer(models.TextChoices):
        PRAISED = "praised", "Praised"
        LOOKED = "looked", "Looked into it"
        NOTHING = "nothing", "Nothing to it"

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="observations")
    # None: about the score as a whole.
    skill = models.ForeignKey(Skill, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    week = models.CharField(max_length=8)
    numbers = models.JSONField(default=dict)
    noticed_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = ObservationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-week", "-id"]
        constraints: ClassVar = [
            # One of a kind about an agent a week: the strongest skill is praised, the whole score declines.
            models.UniqueConstraint(fields=["agent", "kind", "week"], name="observation_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | ~Q(answer="") & Q(answered_at__isnull=False),
                name="observation_answered_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.agent}"
