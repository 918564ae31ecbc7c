"""What the product tells a person, kept as a kind and parameters so that the words can be translated."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Questions about notifications."""

    def unread(self) -> NotificationQuerySet:
        """Return those that nobody has opened."""
        return self.filter(read_at=None)

    def in_reading_order(self) -> NotificationQuerySet:
        """Order the unread first, then the newest."""
        return self.annotate(is_read=Q(read_at__isnull=False)).order_by("is_read", "-pk")

    def visible_to(self, user: models.Model) -> NotificationQuerySet:
        """Return a person's own."""
        return self.filter(user=user.pk)


class Notification(models.Model):
    """One thing that a person should know, with where to go."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict, blank=True)
    path = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    digested_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["user", "read_at"], name="notification_unread")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"
