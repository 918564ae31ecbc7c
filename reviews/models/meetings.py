"""When agents meet their supervisor: what is kept back for a 1:1 goes out before it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.models import Agent


class Meeting(models.Model):
    """A 1:1 that is arranged. Whoever arranges it (coaching) says so; `reference` is their name for it."""

    reference = models.CharField(max_length=60, unique=True)
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [models.Index(fields=["agent", "at"], name="meeting_of_agent")]

    def __str__(self) -> str:
        return self.reference
