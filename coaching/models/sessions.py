"""1:1 sessions about a plan: when, what about, what was said and agreed, and what the coach keeps for themselves."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.access import reach
from accounts.roles import Permission
from coaching.models.plans import Plan


class SessionQuerySet(models.QuerySet["Session"]):
    """Questions about sessions."""

    def coached_by(self, user: models.Model) -> SessionQuerySet:
        """Return the sessions of the plans that a person decides on."""
        return self.filter(plan__in=Plan.objects.coached_by(user))

    def of_agent(self, user: models.Model) -> SessionQuerySet:
        """Return an agent's own sessions, of plans that were shared."""
        return self.filter(plan__in=Plan.objects.shared_with(user))

    def coming(self, now: datetime) -> SessionQuerySet:
        """Return what is arranged and has not begun, the next one first."""
        return self.filter(status=Session.Status.PLANNED, starts_at__gte=now).order_by("starts_at", "pk")

    def visible_to(self, user: models.Model) -> SessionQuerySet:
        """Return the sessions of the plans that a person may see."""
        return self.filter(plan__in=Plan.objects.visible_to(user))


class Session(models.Model):
    """One 1:1 session about a plan. Both sides say that it took place."""

    class Status(models.TextChoices):
        PLANNED = "planned", "Planned"
        HELD = "held", "Held"
        NO_SHOW = "no_show", "Nobody came"
        CANCELLED = "cancelled", "Cancelled"

    TRANSITIONS: ClassVar = {
        "planned": {"held", "no_show", "cancelled"},
        "held": set(),
        "no_show": set(),
        "cancelled": set(),
    }

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="sessions")
    status = models.CharField(max_length=10, choices=Status, default=Status.PLANNED)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=30)
    place = models.CharField(max_length=300, blank=True)
    agenda = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    agent_confirmed_at = models.DateTimeField(null=True, blank=True)
    coach_confirmed_at = models.DateTimeField(null=True, blank=True)
    coach_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # How the calendars of both sides know it, and which of two files is the newer one.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    edit_number = models.PositiveIntegerField(default=0)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["plan", "starts_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(status="held") | Q(agent_confirmed_at__isnull=False, coach_confirmed_at__isnull=False),
                name="session_held_when_both_say_so",
            ),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=480), name="session_length"),
        ]

    def __str__(self) -> str:
        return f"1:1 about {self.plan}"


class PrivateNoteQuerySet(models.QuerySet["PrivateNote"]):
    """Questions about private notes."""

    def visible_to(self, user: models.Model) -> PrivateNoteQuerySet:
        """Return own notes, and with the permission everywhere all of them; never those about oneself.

        A supervisor who takes a team over does not read what the one before noted.
        """
        scope = reach(user, Permission.KEEP_PRIVATE_NOTES)
        if not scope:
            return self.none()
        within = self.filter(session__plan__in=Plan.objects.coached_by(user))
        return within if scope.everywhere else within.filter(author=user.pk)


class PrivateNote(models.Model):
    """What a coach keeps about a session. The agent never reads it."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="private_notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField()

    objects = PrivateNoteQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["session", "created_at", "id"]

    def __str__(self) -> str:
        return f"private note {self.pk}"
