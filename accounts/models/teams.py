"""Teams, and the dated grants that give a person a role in all of them or in one."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.access import grants_of, reach
from accounts.roles import Permission, Role


class TeamQuerySet(models.QuerySet["Team"]):
    """Questions about teams."""

    def visible_to(self, user: models.Model) -> TeamQuerySet:
        """Return the teams in which a person holds any role now."""
        grants = grants_of(user)
        if any(grant.team_id is None for grant in grants):
            return self
        return self.filter(pk__in=[grant.team_id for grant in grants])

    def in_use(self) -> TeamQuerySet:
        """Return the teams that are not archived."""
        return self.filter(archived_at=None)


class Team(models.Model):
    """A group of agents with a supervisor."""

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    """Questions about grants."""

    def active(self, now: datetime) -> RoleGrantQuerySet:
        """Return the grants that hold at a moment."""
        return self.filter(starts_at__lte=now).filter(Q(ends_at=None) | Q(ends_at__gt=now))

    def visible_to(self, user: models.Model) -> RoleGrantQuerySet:
        """Return a person's own grants, or all for those who manage people."""
        return self if reach(user, Permission.MANAGE_PEOPLE).everywhere else self.filter(user=user.pk)

    def overlapping(self, grant: RoleGrant) -> RoleGrantQuerySet:
        """Return the other grants of the same role at the same place that hold at some moment of this one."""
        same = self.filter(user=grant.user_id, role=grant.role, team=grant.team_id).exclude(pk=grant.pk)
        if grant.ends_at is not None:
            same = same.filter(starts_at__lt=grant.ends_at)
        return same.filter(Q(ends_at=None) | Q(ends_at__gt=grant.starts_at))


class RoleGrant(models.Model):
    """One role, for one person, everywhere or in one team, from a date and perhaps until one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=12, choices=Role.choices)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="grants")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["user", "role", "starts_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="grant_ends_after_start"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "starts_at"], name="grant_user")]

    def __str__(self) -> str:
        where = self.team.name if self.team else "everywhere"
        return f"{self.get_role_display()}, {where}"
