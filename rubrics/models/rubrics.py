"""Rubrics, their versions and the skills that run from rubric to coaching."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.access import may
from accounts.roles import Permission


class Skill(models.Model):
    """The thread from rubric to coaching."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class RubricQuerySet(models.QuerySet["Rubric"]):
    """Questions about rubrics."""

    def visible_to(self, user: models.Model) -> RubricQuerySet:
        """Return all rubrics to those who may read them, none to others."""
        return self if may(user, Permission.READ_RUBRICS) else self.none()


class Rubric(models.Model):
    """A scorecard through all its versions."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = RubricQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class RubricVersionQuerySet(models.QuerySet["RubricVersion"]):
    """Questions about versions."""

    def published(self) -> RubricVersionQuerySet:
        """Return the versions that new reviews use: at most one per rubric."""
        return self.filter(status=RubricVersion.Status.PUBLISHED)

    def drafts(self) -> RubricVersionQuerySet:
        """Return the versions that can still change: at most one per rubric."""
        return self.filter(status=RubricVersion.Status.DRAFT)

    def visible_to(self, user: models.Model) -> RubricVersionQuerySet:
        """Return the versions of the rubrics a person may read."""
        return self.filter(rubric__in=Rubric.objects.visible_to(user))


class RubricVersion(models.Model):
    """One state of a rubric, immutable once published. The published one is used for new reviews."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        RETIRED = "retired", "Retired"

    TRANSITIONS: ClassVar = {"draft": {"published"}, "published": {"retired"}, "retired": set()}

    class Mode(models.TextChoices):
        POOLED = "pooled", "Pooled: every criterion by its weight"
        SECTIONED = "sectioned", "Sectioned: sections by their weight"

    rubric = models.ForeignKey(Rubric, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.POOLED)
    pass_mark = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    card_fail_zeroes_score = models.BooleanField(default=True)
    failing_dimensions = models.JSONField(default=list, blank=True)
    excludes_foreign_causes = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    # Names the content of a published version, so that its card can be kept in memory.
    fingerprint = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    # The last change of a draft, so that two people who edit it at once know of each other.
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = RubricVersionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["rubric", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rubric", "number"], name="version_number_once"),
            models.CheckConstraint(
                condition=Q(status="draft", published_at=None) | Q(~Q(status="draft"), published_at__isnull=False),
                name="version_published_when",
            ),
            models.CheckConstraint(
                condition=Q(status="retired", retired_at__isnull=False) | (~Q(status="retired") & Q(retired_at=None)),
                name="version_retired_when",
            ),
            models.CheckConstraint(
                condition=Q(status="draft", fingerprint="") | (~Q(status="draft") & ~Q(fingerprint="")),
                name="version_fingerprint_when",
            ),
            models.UniqueConstraint(fields=["rubric"], condition=Q(status="published"), name="one_published_version"),
            models.UniqueConstraint(fields=["rubric"], condition=Q(status="draft"), name="one_draft_version"),
            models.CheckConstraint(
                condition=Q(pass_mark=None) | Q(pass_mark__gte=0, pass_mark__lte=100), name="version_pass_mark_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rubric} v{self.number}"
