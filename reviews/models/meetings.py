"""When agents meet their supervisor: what is kept back for a 1:1 goes out before it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models

from accounts.models import Agent


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Questions about meetings."""

    def next_of(self, agent_id: int, *, now: datetime) -> datetime | None:
        """Return when an agent meets next; none when nothing is arranged."""
        return self.filter(agent=agent_id, at__gt=now).order_by("at").values_list("at", flat=True).first()


class Meeting(models.Model):
    """A 1:1 that is arranged. Whoever arranges it (coaching) says so; `reference` is their name for it."""

    reference = models.CharField(max_length=60, unique=True)
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [models.Index(fields=["agent", "at"], name="meeting_of_agent")]

    def __str__(self) -> str:
        return self.reference
