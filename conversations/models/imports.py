"""What an import read, and what it could not take."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.access import may, reach
from accounts.roles import Permission
from conversations.models.conversations import Source
from core.models import Job


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    """Questions about imports."""

    def visible_to(self, user: models.Model) -> ImportRunQuerySet:
        """Return all runs to those who may import, none to others."""
        return self if may(user, Permission.IMPORT_CONVERSATIONS) else self.none()


class ImportRun(models.Model):
    """One file (or pull) being read: received = created + updated + unchanged + rejected."""

    class Status(models.TextChoices):
        FETCHING = "fetching", "Being fetched"
        MAPPING = "mapping", "Waiting for its columns"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        INCOMPLETE = "incomplete", "Incomplete"
        CANCELLED = "cancelled", "Cancelled"

    source = models.ForeignKey(Source, models.PROTECT, related_name="runs")
    file_name = models.CharField(max_length=255)
    stored_as = models.CharField(max_length=255, blank=True)
    size = models.BigIntegerField(default=0)
    fingerprint = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.RUNNING)
    received = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    repaired = models.PositiveIntegerField(default=0, help_text="Records in which unusable characters were replaced.")
    next_line = models.PositiveBigIntegerField(default=1)
    next_byte = models.PositiveBigIntegerField(default=0)
    problem = models.TextField(blank=True)
    rows = models.PositiveBigIntegerField(default=0, help_text="Rows read; a conversation of a table may take many.")
    repeated = models.PositiveBigIntegerField(default=0, help_text="Rows that said again what another one had said.")
    mapping = models.JSONField(default=dict, blank=True, help_text="Which column is what; empty for JSON Lines.")
    last_line = models.PositiveBigIntegerField(default=0, help_text="Of a table whose rows have been sorted.")
    link = models.TextField(blank=True, help_text="Where the file is to be fetched from; emptied once it is here.")
    job = models.OneToOneField(Job, models.SET_NULL, null=True, blank=True, related_name="import_run")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ImportRunQuerySet.as_manager()

    OPEN: ClassVar = (Status.FETCHING, Status.MAPPING, Status.RUNNING)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    received=models.F("created") + models.F("updated") + models.F("unchanged") + models.F("rejected")
                ),
                name="every_line_accounted_for",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_open(self) -> bool:
        """Say whether something is still to come of it."""
        return self.status in self.OPEN

    @property
    def is_table(self) -> bool:
        """Say whether it is known which column is what."""
        return "layout" in self.mapping

    @property
    def is_sorted_first(self) -> bool:
        """Say whether its rows are put together by conversation before they are taken in."""
        return self.is_table and self.mapping["per"] == "message"


class RejectQuerySet(models.QuerySet["Reject"]):
    """Questions about rejects."""

    def visible_to(self, user: models.Model) -> RejectQuerySet:
        """Return all to those who may import and read every conversation: a reject holds what people wrote."""
        reads_all = reach(user, Permission.READ_CONVERSATIONS).everywhere
        return self if reads_all and may(user, Permission.IMPORT_CONVERSATIONS) else self.none()


class Reject(models.Model):
    """One record that could not be taken: where it stood, why, and what it said."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rejects", db_index=False)
    line = models.PositiveBigIntegerField()
    byte = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    path = models.CharField(max_length=255, blank=True)
    reason = models.TextField()
    raw = models.TextField(blank=True)

    objects = RejectQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["run", "line"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "line"], name="reject_once")]

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"
