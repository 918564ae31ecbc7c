"""How the work that a sampling plan draws is given out: rules per plan, who is away, who never reviews whom, goals.

None of it takes part in a draw: what is in the sample is decided before anybody is asked to review it.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.access import reach
from accounts.models import Agent
from accounts.roles import Permission
from sampling.models import Plan

LONGEST_DAYS = 90


def days(default: int) -> models.PositiveSmallIntegerField[int, int]:
    """Return a field for a number of days."""
    return models.PositiveSmallIntegerField(default=default, validators=[MaxValueValidator(LONGEST_DAYS)])


class QueueRules(models.Model):
    """How one plan's picks reach reviewers. A plan without a row follows the defaults."""

    class Distribution(models.TextChoices):
        PULL = "pull", _("Whoever is free takes the next one")
        PREASSIGNED = "preassigned", _("Each one is given to a person by lot")

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="queue_rules")
    distribution = models.CharField(max_length=11, choices=Distribution, default=Distribution.PULL)
    # Days after the due date until an item that nobody reviewed expires.
    grace_days = days(7)
    excludes_lead = models.BooleanField(default=False)
    # Who judged this agent within so many days comes last, by name and when they take the next; 0: never mind.
    recent_pair_days = days(0)
    # Per cent of the sample that a second reviewer scores, too, and at least so many a week of each reviewer's.
    second_share = models.DecimalField(
        max_digits=4, decimal_places=1, default=Decimal(3), validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    second_at_least = models.PositiveSmallIntegerField(default=2, validators=[MaxValueValidator(50)])
    # Reviews that each reviewer is to finish in a cycle of the plan; None: no goal.
    goal = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])

    class Meta:
        ordering: ClassVar = ["plan"]
        verbose_name_plural = "queue rules"

    def __str__(self) -> str:
        return f"queue of {self.plan}"

    @classmethod
    def of(cls, plan: Plan) -> QueueRules:
        """Return the rules of a plan; the defaults, not saved, where nobody set any."""
        return cls.objects.filter(plan=plan).first() or cls(plan=plan)


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Questions about absences."""

    def standing(self) -> AbsenceQuerySet:
        """Return those that were not taken back."""
        return self.filter(cancelled_at=None)

    def visible_to(self, user: models.Model) -> AbsenceQuerySet:
        """Return a person's own, and all of them to who looks after sampling everywhere."""
        return self if reach(user, Permission.MANAGE_SAMPLING).everywhere else self.filter(user=user.pk)

    def at(self, now: datetime) -> AbsenceQuerySet:
        """Return those that hold at a moment."""
        return self.standing().filter(starts_at__lte=now, ends_at__gt=now)


class Absence(models.Model):
    """A time in which somebody reviews nothing: from a day to a day, kept as half-open moments."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="absence_in_order"),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "ends_at"], name="absence_user")]

    def __str__(self) -> str:
        return f"{self.user} away from {self.starts_at:%Y-%m-%d}"


class ConflictQuerySet(models.QuerySet["Conflict"]):
    """Questions about conflicts."""

    def standing(self) -> ConflictQuerySet:
        """Return those that hold."""
        return self.filter(ended_at=None)

    def visible_to(self, user: models.Model) -> ConflictQuerySet:
        """Return a person's own, and all of them to who looks after sampling everywhere."""
        return self if reach(user, Permission.MANAGE_SAMPLING).everywhere else self.filter(user=user.pk)


class Conflict(models.Model):
    """A reviewer who does not review an agent, and why."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="conflicts")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="conflicts")
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["user", "agent"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "agent"], condition=Q(ended_at=None), name="one_open_conflict"),
        ]

    def __str__(self) -> str:
        return f"{self.user} does not review {self.agent}"


class WeeklyGoal(models.Model):
    """How many reviews one person is to finish in a week, whatever plan they come from."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="weekly_goal")
    reviews = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(500)])
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["user"]

    def __str__(self) -> str:
        return f"{self.reviews} a week for {self.user}"
