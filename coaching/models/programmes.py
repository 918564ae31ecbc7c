"""A coaching programme: several agents on one skill with common actions, and what the group's outcome showed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.access import reach
from accounts.models import Agent, Team
from accounts.roles import Permission
from coaching.models.plans import Plan
from rubrics.models import Skill
from sampling.models import MasterKey


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    """Questions about programmes."""

    def open(self) -> ProgrammeQuerySet:
        """Return programmes that have not ended."""
        return self.exclude(status=Programme.Status.CLOSED)

    def visible_to(self, user: models.Model) -> ProgrammeQuerySet:
        """Return the programmes that a person runs: of the own teams, and never one that they are coached in."""
        scope = reach(user, Permission.COACH)
        others = self.exclude(pk__in=Member.objects.filter(agent__user=user.pk).values("programme"))
        return others if scope.everywhere else others.filter(team__in=scope.team_ids)


class Programme(models.Model):
    """Several agents who work on one skill together. Their plans begin when a person starts it."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        BASELINE = "baseline", "Collecting a fresh baseline"
        RUNNING = "running", "Running"
        MEASURED = "measured", "Measured"
        CLOSED = "closed", "Closed"

    TRANSITIONS: ClassVar = {
        "draft": {"baseline", "running", "closed"},
        "baseline": {"running", "closed"},
        "running": {"measured", "closed"},
        "measured": {"closed"},
        "closed": set(),
    }

    identity = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="programmes")
    # None: agents of several teams, so only those who coach everywhere run it.
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="programmes")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="owned_programmes"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    focus = models.TextField(blank=True)
    # What everybody is to do: kind, text, link, check_key, and the days after the start by which it is due.
    actions = models.JSONField(default=list, blank=True)
    follow_up_weeks = models.PositiveSmallIntegerField(default=6)
    follow_up_quota = models.PositiveSmallIntegerField(default=8)
    has_waiting_list = models.BooleanField(default=False)
    has_fresh_baseline = models.BooleanField(default=False)
    # The key of the draw: its fingerprint is shown from the first day, the key itself after the draw.
    master = models.ForeignKey(MasterKey, models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    edit_number = models.PositiveIntegerField(default=0)
    baseline_from = models.DateField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    follow_up_from = models.DateField(null=True, blank=True)
    follow_up_on = models.DateField(null=True, blank=True)
    second_started_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(status__in=["running", "measured"])
                | Q(started_at__isnull=False, follow_up_from__isnull=False, follow_up_on__isnull=False),
                name="programme_running_has_days",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False) | (~Q(status="closed") & Q(closed_at=None)),
                name="programme_closed_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """One agent of a programme: when they start, and the plan that it began for them."""

    class Group(models.TextChoices):
        NONE = "", "Not drawn"
        FIRST = "first", "Starts first"
        SECOND = "second", "Waits"

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="members")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="programme_memberships")
    group = models.CharField(max_length=6, choices=Group, default=Group.NONE, blank=True)
    u = models.FloatField(null=True, blank=True)
    plan = models.OneToOneField(Plan, models.SET_NULL, null=True, blank=True, related_name="membership")

    class Meta:
        ordering: ClassVar = ["programme", "u", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["programme", "agent"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.agent} in {self.programme}"


class ProgrammeOutcomeQuerySet(models.QuerySet["ProgrammeOutcome"]):
    """Questions about outcomes of programmes."""

    def visible_to(self, user: models.Model) -> ProgrammeOutcomeQuerySet:
        """Return the outcomes of the programmes that a person runs."""
        return self.filter(programme__in=Programme.objects.visible_to(user))


class ProgrammeOutcome(models.Model):
    """What was measured of a programme; the highest number is the newest, the others are what was said before."""

    class Verdict(models.TextChoices):
        IMPROVED = "improved", "Improved"
        CANNOT_TELL = "cannot_tell_yet", "Cannot tell yet"
        NOT_ENOUGH = "not_enough_data", "Not enough data"

    class Design(models.TextChoices):
        PEERS = "peers", "Compared with everybody else"
        FRESH = "fresh_baseline", "Compared with a fresh baseline"
        WAITING = "waiting_list", "Compared with those who were drawn to wait"

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="outcomes")
    number = models.PositiveIntegerField(default=1)
    first_week = models.CharField(max_length=8)
    last_week = models.CharField(max_length=8)
    measured_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    inputs = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    verdict = models.CharField(max_length=16, choices=Verdict)
    design = models.CharField(max_length=16, choices=Design)
    effect = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    started = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    peers = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=30, blank=True)
    estimates = models.JSONField(default=list)

    objects = ProgrammeOutcomeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["programme", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "number"], name="programme_outcome_once"),
            models.CheckConstraint(
                condition=~Q(verdict="improved") | Q(low__gt=0), name="programme_improved_above_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"outcome {self.number} of {self.programme}"
