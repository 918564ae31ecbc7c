"""What a workspace changed in the library of suggestions, or added to it. What it did not touch stays as shipped."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from coaching.models.plans import Action
from rubrics.models import Skill


class LibraryEntry(models.Model):
    """A suggestion of the workspace's own. One with the key of a shipped suggestion takes its place.

    Plans keep the words that they were given: a later change reaches no plan.
    """

    key = models.CharField(max_length=80, unique=True)
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="library_entries")
    kind = models.CharField(max_length=16, choices=Action.Kind)
    text = models.TextField()
    link = models.URLField(max_length=500, blank=True)
    levels = models.JSONField(default=list)
    channels = models.JSONField(default=list, blank=True)
    days = models.PositiveSmallIntegerField()
    is_retired = models.BooleanField(default=False)
    number = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["skill", "key"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=90), name="library_entry_days"),
        ]

    def __str__(self) -> str:
        return f"suggestion “{self.text[:60]}”"


class LibraryWords(models.Model):
    """What a workspace says about a skill instead of what is shipped: its cost to the customer, the focus, examples."""

    skill = models.OneToOneField(Skill, models.CASCADE, related_name="library_words")
    cost = models.TextField()
    focus = models.TextField()
    # As coaching.examples reads them; null: as shipped.
    examples = models.TextField(null=True, blank=True)
    number = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name_plural = "library words"

    def __str__(self) -> str:
        return f"words about {self.skill}"
