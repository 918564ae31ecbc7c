"""The reviewed person as the help desk knows them, and the dated teams they were in."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.access import reach
from accounts.models.teams import Team
from accounts.roles import Permission


class AgentQuerySet(models.QuerySet["Agent"]):
    """Questions about agents."""

    def people(self) -> AgentQuerySet:
        """Return agents who are not bots."""
        return self.filter(is_bot=False)

    def visible_to(self, user: models.Model) -> AgentQuerySet:
        """Return the agents whose record a person may open: own, or those of the teams they hold a role in."""
        scope = reach(user, Permission.SEE_AGENTS)
        own = Q(user=user.pk)
        if scope.everywhere:
            return self
        current = TeamMembership.objects.filter(team__in=scope.team_ids, ends_at=None).values("agent")
        return self.filter(own | Q(pk__in=current))

    def listed_for(self, user: models.Model) -> AgentQuerySet:
        """Return all for those who manage people (names and dates, no record), else those whose record is open."""
        return self if reach(user, Permission.MANAGE_PEOPLE).everywhere else self.visible_to(user)


class Agent(models.Model):
    """Somebody (or a bot) whose conversations are reviewed. Exists before they have a log-in."""

    class Level(models.TextChoices):
        ENTRY = "entry", "Entry"
        EXPERIENCED = "experienced", "Experienced"
        SENIOR = "senior", "Senior"
        LEAD = "lead", "Lead"

    name = models.CharField(max_length=200)
    level = models.CharField(max_length=12, choices=Level, default=Level.EXPERIENCED)
    hired_on = models.DateField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    languages = models.JSONField(default=list, blank=True)
    is_bot = models.BooleanField(default=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="agent")
    created_at = models.DateTimeField()
    deactivated_at = models.DateTimeField(null=True, blank=True)
    edit_number = models.PositiveIntegerField(default=0)

    objects = AgentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class AgentIdentity(models.Model):
    """What one source calls an agent. The same person may answer in two help desks."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="identities")
    source = models.SlugField(max_length=60)
    external_id = models.CharField(max_length=255)

    class Meta:
        ordering: ClassVar = ["source", "external_id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "external_id"], name="identity_once")]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class TeamMembershipQuerySet(models.QuerySet["TeamMembership"]):
    """Questions about memberships."""

    def at(self, moment: datetime) -> TeamMembershipQuerySet:
        """Return the memberships that hold at a moment."""
        return self.filter(starts_at__lte=moment).filter(Q(ends_at=None) | Q(ends_at__gt=moment))

    def visible_to(self, user: models.Model) -> TeamMembershipQuerySet:
        """Return the memberships of the agents a person may see."""
        return self.filter(agent__in=Agent.objects.visible_to(user))


class TeamMembership(models.Model):
    """An agent's time in one team. A review keeps the team the agent was in when the conversation ended."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = TeamMembershipQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agent", "starts_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agent"], condition=Q(ends_at=None), name="one_open_membership"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="membership_ends_after_start"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["team", "ends_at"], name="membership_team")]

    def __str__(self) -> str:
        return f"{self.agent} in {self.team}"
