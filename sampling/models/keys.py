"""The secret behind the draws, and the fingerprints published before each period."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.access import may
from accounts.roles import Permission
from sampling.models.plans import Plan
from sampling.numbers import fingerprint


class MasterKeyQuerySet(models.QuerySet["MasterKey"]):
    """Questions about master keys."""

    def visible_to(self, user: models.Model) -> MasterKeyQuerySet:
        """Return all of them, by number and fingerprint, to those who set the workspace up."""
        return self if may(user, Permission.MANAGE_SETTINGS) else self.none()


class MasterKey(models.Model):
    """32 secret bytes. Never in an API answer, an export, a log or a page."""

    # 1, 2, 3 …: unique, so that two processes that both find no key end up with the same one.
    number = models.PositiveIntegerField(unique=True)
    secret = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = MasterKeyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"master key {self.number}"

    @property
    def fingerprint(self) -> str:
        """Return its SHA-256, which tells nothing of the key."""
        return fingerprint(bytes(self.secret))


class PeriodKey(models.Model):
    """The key of one plan and period: its SHA-256 is public before the period, the key itself after the close."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="period_keys")
    period = models.CharField(max_length=24)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    master = models.ForeignKey(MasterKey, models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    # The fingerprint that was promised first, when the master key was changed before the period began.
    replaces = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["plan", "-starts_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "period"], name="period_key_once")]

    def __str__(self) -> str:
        return f"{self.plan} {self.period}"
