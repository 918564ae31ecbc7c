"""Keys to the API. Only a fingerprint is kept: a token is shown once, when it is made."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Questions about tokens."""

    def usable(self, now: datetime) -> ApiTokenQuerySet:
        """Return the tokens that open something: neither expired nor revoked, of somebody who is still here."""
        return self.filter(expires_at__gt=now, revoked_at=None, user__is_active=True)

    def visible_to(self, user: models.Model) -> ApiTokenQuerySet:
        """Return a person's own."""
        return self.filter(user=user.pk)


class ApiToken(models.Model):
    """One token of one person, for some of what they may do, until a day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="token_expires_after_start"),
        ]

    def __str__(self) -> str:
        return f"token {self.prefix}"
