"""Sentences that reviewers use again: one's own, and those shared with everybody who scores."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.access import may
from accounts.roles import Permission
from rubrics.models import Skill


class CommentTemplateQuerySet(models.QuerySet["CommentTemplate"]):
    """Questions about comment templates."""

    def shared(self) -> CommentTemplateQuerySet:
        """Return what everybody who scores may use."""
        return self.filter(owner=None)

    def of(self, user: Any) -> CommentTemplateQuerySet:
        """Return what a person wrote for themself."""
        return self.filter(owner=user.pk)

    def visible_to(self, user: Any) -> CommentTemplateQuerySet:
        """Return own and shared ones to those who score, none to others."""
        return self.usable_by(user.pk) if may(user, Permission.SCORE) else self.none()

    def usable_by(self, person: Any) -> CommentTemplateQuerySet:
        """Return those of somebody who scores (their id), and the shared ones."""
        return self.filter(Q(owner=None) | Q(owner=person))


class CommentTemplate(models.Model):
    """A text to start a comment from. What is inserted is a copy: a later change reaches no review."""

    name = models.CharField(max_length=80)
    text = models.TextField(max_length=2000)
    # Nobody: shared with all who score.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="comment_templates"
    )
    # Offered first at criteria of this skill.
    skill = models.ForeignKey(Skill, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = CommentTemplateQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("name"), "owner", condition=Q(owner__isnull=False), name="own_comment_template_once"
            ),
            models.UniqueConstraint(Lower("name"), condition=Q(owner=None), name="shared_comment_template_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        """Say whether everybody who scores may use it."""
        return self.owner_id is None
