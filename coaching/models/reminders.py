"""What was reminded of, so that nobody is told twice, and the calendar feeds of people."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Reminder(models.Model):
    """One reminder that a person got. The key names the thing and its day: another day is another reminder."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    sent_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="reminder_once")]
        indexes: ClassVar = [models.Index(fields=["sent_at"], name="reminder_sent")]

    def __str__(self) -> str:
        return f"{self.key} to {self.user_id}"


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    """Questions about calendar feeds."""

    def usable(self) -> CalendarFeedQuerySet:
        """Return the feeds that open something: not revoked, of somebody who is still here."""
        return self.filter(revoked_at=None, user__is_active=True)

    def visible_to(self, user: models.Model) -> CalendarFeedQuerySet:
        """Return a person's own."""
        return self.filter(user=user.pk)


class CalendarFeed(models.Model):
    """A secret address under which a person's calendar finds their 1:1 sessions. Only a fingerprint is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feeds")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(revoked_at=None), name="one_calendar_feed_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"calendar feed of {self.user_id}"
