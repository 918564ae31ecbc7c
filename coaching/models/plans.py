"""A coaching plan, what it rests on, and what is to be done. Proposed by a job, decided by a person."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.access import reach
from accounts.models import Agent, Team, TeamMembership
from accounts.roles import Permission
from reviews.models import Answer, Dispute, Review
from rubrics.models import Skill


def _rests_on_a_dispute() -> Q:
    disputes = Dispute.objects.open().filter(review__evidence__plan=OuterRef("pk"))
    return Q(Exists(disputes)) & ~Q(status__in=Plan.ENDED)


class PlanQuerySet(models.QuerySet["Plan"]):
    """Questions about coaching plans."""

    def open(self) -> PlanQuerySet:
        """Return plans that have not ended."""
        return self.exclude(status__in=Plan.ENDED)

    def proposed(self) -> PlanQuerySet:
        """Return plans that wait for a decision."""
        return self.filter(status=Plan.Status.PROPOSED)

    def with_pause(self) -> PlanQuerySet:
        """Add `is_paused`: an open plan pauses while a review that it rests on is disputed."""
        return self.annotate(is_paused=_rests_on_a_dispute())

    def paused(self) -> PlanQuerySet:
        """Return the plans that pause."""
        return self.filter(_rests_on_a_dispute())

    def not_paused(self) -> PlanQuerySet:
        """Return the plans that do not pause."""
        return self.filter(~_rests_on_a_dispute())

    def shared_with(self, user: models.Model) -> PlanQuerySet:
        """Return a person's own plans that a supervisor has shared."""
        return self.filter(agent__user=user.pk).exclude(shared_at=None)

    def coached_by(self, user: models.Model) -> PlanQuerySet:
        """Return the plans that a person may decide on: of the own teams, and never the person's own.

        An ended plan keeps the team it was in; an open one follows its agent (services/handovers.py), and until it
        has, those who coach the agent's team of today may work on it, too.
        """
        scope = reach(user, Permission.COACH)
        others = self.exclude(agent__user=user.pk)
        if scope.everywhere:
            return others
        today = TeamMembership.objects.filter(team__in=scope.team_ids, ends_at=None).values("agent")
        return others.filter(Q(team__in=scope.team_ids) | Q(agent__in=today))

    def visible_to(self, user: models.Model) -> PlanQuerySet:
        """Return the plans that a person coaches, and own plans once they are shared."""
        own = Q(agent__user=user.pk, shared_at__isnull=False)
        return self.filter(own | Q(pk__in=Plan.objects.coached_by(user).values("pk")))


class Plan(models.Model):
    """One skill of one agent to work on. At most one open plan per agent and skill."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        SHARED = "shared", "Shared"
        ACTIVE = "active", "Active"
        DUE = "due", "Due for follow-up"
        EVALUATED = "evaluated", "Evaluated"
        CLOSED = "closed", "Closed"

    ENDED: ClassVar = ["declined", "closed"]
    TRANSITIONS: ClassVar = {
        "proposed": {"accepted", "declined"},
        "accepted": {"shared", "closed"},
        "declined": set(),
        "shared": {"active", "due", "closed"},
        "active": {"due", "closed"},
        "due": {"evaluated", "active", "closed"},
        "evaluated": {"active", "closed"},
        "closed": set(),
    }

    class Origin(models.TextChoices):
        LEVEL = "level", "Likely under target"
        CRITICAL = "critical", "Repeated critical errors"
        STRENGTH = "strength", "A strength worth praising"
        HAND = "hand", "Started by hand"
        PROGRAMME = "programme", "Part of a programme"

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="coaching_plans")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="coaching_plans")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="coaching_plans")
    origin = models.CharField(max_length=10, choices=Origin)
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="owned_coaching_plans"
    )
    # Code and numbers, not a sentence: the words are made when the page is shown.
    trigger = models.JSONField(default=dict, blank=True)
    focus = models.TextField(blank=True)
    baseline_mean = models.FloatField(null=True, blank=True)
    baseline_low = models.FloatField(null=True, blank=True)
    baseline_high = models.FloatField(null=True, blank=True)
    baseline_n = models.PositiveIntegerField(default=0)
    baseline_since = models.DateTimeField(null=True, blank=True)
    target = models.FloatField()
    # The first day that follow-up conversations are drawn from; set when the plan is accepted.
    follow_up_from = models.DateField(null=True, blank=True)
    follow_up_on = models.DateField(null=True, blank=True)
    follow_up_quota = models.PositiveSmallIntegerField(default=0)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decision_reason = models.CharField(max_length=30, blank=True)
    decision_note = models.TextField(blank=True)
    shared_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=30, blank=True)
    close_note = models.TextField(blank=True)
    close_suggested_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()
    edit_number = models.PositiveIntegerField(default=0)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-proposed_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agent", "skill"],
                condition=~Q(status__in=["declined", "closed"]),
                name="one_open_plan_per_skill",
            ),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_at=None) | (~Q(status="proposed") & Q(decided_at__isnull=False)),
                name="plan_decided_when",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["team", "status"], name="coaching_plan_team")]

    def __str__(self) -> str:
        return f"{self.skill} for {self.agent}"


class Evidence(models.Model):
    """One answer of one published review that speaks for the plan."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="evidence")
    review = models.ForeignKey(Review, models.PROTECT, related_name="evidence")
    answer = models.ForeignKey(Answer, models.PROTECT, related_name="evidence")
    lost_points = models.FloatField(default=0)
    added_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["plan", "-lost_points", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "answer"], name="evidence_once")]

    def __str__(self) -> str:
        return f"evidence {self.pk} for {self.plan_id}"


class Action(models.Model):
    """One thing to do. The agent says it is done; the supervisor confirms."""

    class Kind(models.TextChoices):
        READ = "read", "Read"
        PRACTISE = "practise", "Practise"
        SHADOW = "shadow", "Shadow"
        ROLE_PLAY = "role_play", "Role-play"
        ONE_TO_ONE = "one_to_one", "1:1 session"
        KNOWLEDGE_CHECK = "knowledge_check", "Knowledge check"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="actions")
    kind = models.CharField(max_length=16, choices=Kind)
    text = models.TextField()
    link = models.URLField(max_length=500, blank=True)
    library_key = models.CharField(max_length=80, blank=True)
    # The knowledge check that goes with it: done is only what was passed.
    check_key = models.CharField(max_length=80, blank=True)
    due_on = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["plan", "position", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:60]}"
