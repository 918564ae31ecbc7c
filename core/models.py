"""Rows that every app writes: what happened, and what is going on in the background."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class AuditEvent(models.Model):
    """One change: who did what to which thing. No foreign keys, so that it survives the deletion of its subject.

    The database refuses to change or delete one. The single exception is erasure: actor, target and salt may become
    empty together, and nothing else with them.
    """

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor = models.CharField(max_length=254, blank=True)
    verb = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=60)
    target = models.CharField(max_length=200, blank=True)
    fields = models.JSONField(default=list, blank=True)
    params = models.JSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    # Goes into the seal beside the two names, so that an erased name cannot be guessed from what was sealed.
    salt = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["target_type", "target_id"], name="audit_target"),
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["actor_id"], name="audit_actor"),
            models.Index(fields=["verb"], name="audit_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.target_type} {self.target_id}"


class AuditSeal(models.Model):
    """A link of the chain over the audit trail: the digests of some events, and of the seal before it."""

    number = models.PositiveBigIntegerField(unique=True)
    sealed_at = models.DateTimeField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    # [event id, digest of its facts, digest of its names] in the order of the ids.
    leaves = models.JSONField()
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["number"]
        indexes: ClassVar = [
            models.Index(fields=["last_id"], name="seal_last_event"),
            models.Index(fields=["sealed_at"], name="seal_at"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.first_id}–{self.last_id}"


class Heartbeat(models.Model):
    """When a part of the product that runs by itself was last seen alive."""

    part = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.part} {self.at:%Y-%m-%d %H:%M:%S}"


class JobQuerySet(models.QuerySet["Job"]):
    """Questions about background jobs."""

    def open(self) -> JobQuerySet:
        """Return jobs that have not ended."""
        return self.filter(status__in=[Job.Status.WAITING, Job.Status.RUNNING])

    def runnable(self, now: datetime) -> JobQuerySet:
        """Return open jobs that no runner holds."""
        return self.open().filter(Q(leased_until=None) | Q(leased_until__lt=now))

    def visible_to(self, user: models.Model) -> JobQuerySet:
        """Return the jobs that a person started."""
        return self.filter(created_by=user.pk)


class Job(models.Model):
    """A long piece of work with progress, a cursor to go on from, and a lease so that one runner wins."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    kind = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=30, blank=True)
    params = models.JSONField(default=dict, blank=True)
    cursor = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease = models.CharField(max_length=36, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["status", "kind"], name="job_status_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.status}"

    @property
    def is_open(self) -> bool:
        """Say whether the job may still do something."""
        return self.status in {self.Status.WAITING, self.Status.RUNNING}

    @property
    def percent(self) -> int | None:
        """Return progress in percent (0–100); None when the total is not known."""
        return min(100, self.done * 100 // self.total) if self.total else None
