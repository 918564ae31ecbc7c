"""A sampling plan: which conversations, how many, by which rubric, for whom."""

from __future__ import annotations

import uuid
from datetime import time
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.access import may
from accounts.roles import Permission
from rubrics.models import Rubric


class SamplingPlanQuerySet(models.QuerySet["Plan"]):
    """Questions about plans."""

    def active(self) -> SamplingPlanQuerySet:
        """Return the plans that draw."""
        return self.filter(status=Plan.Status.ACTIVE)

    def open(self) -> SamplingPlanQuerySet:
        """Return the plans that draw, or may again."""
        return self.exclude(status=Plan.Status.ARCHIVED)

    def visible_to(self, user: models.Model) -> SamplingPlanQuerySet:
        """Return all plans to those who may read sampling, none to others."""
        return self if may(user, Permission.READ_SAMPLING) else self.none()


class Plan(models.Model):
    """A standing order: draw this many of these conversations every period."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        ARCHIVED = "archived", _("Archived")

    TRANSITIONS: ClassVar = {"active": {"paused", "archived"}, "paused": {"active", "archived"}, "archived": set()}

    class Cycle(models.TextChoices):
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week")
        TWO_WEEKLY = "two_weekly", _("Every two weeks")
        MONTHLY = "monthly", _("Every month")

    class Reviewee(models.TextChoices):
        ASSIGNEE = "assignee", _("The assignee")
        MOST_ACTIVE = "most_active", _("The most active agent")
        LAST = "last", _("The last agent")

    class Release(models.TextChoices):
        NOW = "now", _("As soon as the edit window is over")
        AFTER_HOURS = "after_hours", _("Some hours after it was submitted")
        AT_TIME = "at_time", _("At a time of day")
        BEFORE_MEETING = "before_meeting", _("A day before the next 1:1")

    class Quota(models.TextChoices):
        PER_AGENT = "per_agent", _("A number for each agent")
        PER_TEAM = "per_team", _("A number for each team")
        PERCENTAGE = "percentage", _("A share of each agent's conversations")

    class Allocation(models.TextChoices):
        PROPORTIONAL = "proportional", _("By how many conversations each holds")
        NEYMAN = "neyman", _("More where scores differ more")
        RISK = "risk", _("By fixed shares of the risk classes")

    class Combine(models.TextChoices):
        SUM = "sum", _("add up")
        MAX = "max", _("the largest counts")

    # Part of every hash of this plan: the same plan in another database draws the same conversations.
    identity = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120, unique=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    population = models.JSONField(default=dict, blank=True)
    reviewee_rule = models.CharField(max_length=12, choices=Reviewee, default=Reviewee.ASSIGNEE)
    includes_bots = models.BooleanField(default=False)
    rubric = models.ForeignKey(Rubric, models.PROTECT, related_name="plans")
    quota_kind = models.CharField(max_length=10, choices=Quota, default=Quota.PER_AGENT)
    quota_per_agent = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1)])
    quota_per_team = models.PositiveSmallIntegerField(default=20, validators=[MinValueValidator(1)])
    quota_percent = models.FloatField(default=5.0)
    quota_minimum = models.PositiveSmallIntegerField(default=1)
    # Kinds of sampling/strata.py by which an agent's conversations are divided; none: one stratum for each agent.
    strata = models.JSONField(default=list, blank=True)
    allocation = models.CharField(max_length=12, choices=Allocation, default=Allocation.PROPORTIONAL)
    # Of normal, elevated and high risk; none: 3, 2 and 1.
    risk_shares = models.JSONField(default=list, blank=True)
    risk_high_from = models.FloatField(default=4.0)
    # Each as sampling/risks.py reads it.
    risk_rules = models.JSONField(default=list, blank=True)
    risk_combine = models.CharField(max_length=3, choices=Combine, default=Combine.SUM)
    # How many the targeted pool is expected to hold in a period; 0: there is none.
    targeted_per_period = models.PositiveSmallIntegerField(default=0)
    cycle = models.CharField(max_length=10, choices=Cycle, default=Cycle.WEEKLY)
    time_zone = models.CharField(max_length=64, default="UTC")
    settle_hours = models.PositiveSmallIntegerField(default=24)
    due_days = models.PositiveSmallIntegerField(default=7)
    hide_agent = models.BooleanField(default=False)
    hide_score = models.BooleanField(default=False)
    # The agent scores the conversation first, blind, and has so many days for it.
    self_review = models.BooleanField(default=False)
    self_review_days = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1)])
    # When the agent sees a review; hours and time of day (in the plan's zone) count for the rules that name them.
    release_rule = models.CharField(max_length=14, choices=Release, default=Release.NOW)
    release_hours = models.PositiveSmallIntegerField(default=24, validators=[MinValueValidator(1)])
    release_time = models.TimeField(default=time(9))
    starts_on = models.DateField()
    # Since when the terms above hold; None: from the beginning. The moment is always the end of a period.
    terms_from_day = models.DateField(null=True, blank=True)
    terms_from_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = SamplingPlanQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quota_per_agent__gte=1), name="plan_quota_min"),
            models.CheckConstraint(condition=Q(quota_per_team__gte=1), name="plan_team_quota_min"),
            models.CheckConstraint(
                condition=Q(quota_percent__gt=0, quota_percent__lte=100), name="plan_quota_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(terms_from_day=None, terms_from_at=None)
                | Q(terms_from_day__isnull=False, terms_from_at__isnull=False),
                name="plan_terms_paired",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PastTerms(models.Model):
    """Terms that were replaced: they hold for every period up to a moment that is the end of one."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="past_terms")
    terms = models.JSONField()
    ends_at = models.DateTimeField()
    day_after = models.DateField()
    replaced_at = models.DateTimeField()
    replaced_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["plan", "ends_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "ends_at"], name="past_terms_once")]

    def __str__(self) -> str:
        return f"{self.plan} until {self.ends_at:%Y-%m-%d}"


class PlanPause(models.Model):
    """A time in which a plan draws nothing. Periods that close within it are never caught up."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="pauses")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["plan", "starts_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan"], condition=Q(ends_at=None), name="one_open_pause"),
            models.CheckConstraint(condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="pause_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} paused on {self.starts_at:%Y-%m-%d}"


class PlanReviewer(models.Model):
    """Somebody who scores what a plan draws. A plan without reviewers is open to all who may score the team."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="reviewers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sampling_plans")
    capacity = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])

    class Meta:
        ordering: ClassVar = ["plan", "user"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "user"], name="plan_reviewer_once")]

    def __str__(self) -> str:
        return f"{self.user} for {self.plan}"
