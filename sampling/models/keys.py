"""The secret behind the draws, and the fingerprints published before each period."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sampling.models.plans import Plan


class MasterKey(models.Model):
    """32 secret bytes. Never in an API answer, an export, a log or a page."""

    # 1, 2, 3 …: unique, so that two processes that both find no key end up with the same one.
    number = models.PositiveIntegerField(unique=True)
    secret = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"master key {self.number}"


class PeriodKey(models.Model):
    """The key of one plan and period: its SHA-256 is public before the period, the key itself after the close."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="period_keys")
    period = models.CharField(max_length=24)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    master = models.ForeignKey(MasterKey, models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["plan", "-starts_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "period"], name="period_key_once")]

    def __str__(self) -> str:
        return f"{self.plan} {self.period}"
