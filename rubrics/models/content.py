"""What a version asks: sections, criteria, options and root causes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from rubrics.models.rubrics import RubricVersion, Skill


class Section(models.Model):
    """A part of a rubric. `lineage` is its key, stable across versions."""

    version = models.ForeignKey(RubricVersion, models.CASCADE, related_name="sections")
    lineage = models.SlugField(max_length=80)
    name = models.CharField(max_length=200)
    weight = models.DecimalField(max_digits=9, decimal_places=4, default=1)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["version", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "lineage"], name="section_lineage_once"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="section_weight_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class Criterion(models.Model):
    """One question. `lineage` is stable across versions: trends survive an edit."""

    class Kind(models.TextChoices):
        SCORED = "scored", "Scored"
        INFORMATION = "information", "Information only"
        BONUS = "bonus", "Bonus or penalty"

    class NotApplicable(models.TextChoices):
        EXCLUDE = "exclude", "Leaves the score"
        FULL = "full", "Counts as full marks"
        FORBID = "forbid", "Not allowed"

    class Dimension(models.TextChoices):
        NONE = "", "None"
        CUSTOMER = "customer", "Customer critical"
        BUSINESS = "business", "Business critical"
        COMPLIANCE = "compliance", "Compliance critical"

    class Rule(models.TextChoices):
        NEVER = "never", "Never asked for"
        LOWEST = "lowest", "Asked for at the lowest answer"
        LOW = "low", "Asked for at low answers"
        ALWAYS = "always", "Always asked for"

    version = models.ForeignKey(RubricVersion, models.CASCADE, related_name="criteria")
    section = models.ForeignKey(Section, models.CASCADE, related_name="criteria")
    lineage = models.SlugField(max_length=80)
    name = models.CharField(max_length=200)
    guidance = models.TextField(blank=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.SCORED)
    weight = models.DecimalField(max_digits=9, decimal_places=4, default=1)
    points = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    skill = models.ForeignKey(Skill, models.PROTECT, null=True, blank=True, related_name="criteria")
    not_applicable = models.CharField(max_length=8, choices=NotApplicable, default=NotApplicable.EXCLUDE)
    dimension = models.CharField(max_length=12, choices=Dimension, blank=True, default=Dimension.NONE)
    comment_rule = models.CharField(max_length=8, choices=Rule, default=Rule.NEVER)
    evidence_rule = models.CharField(max_length=8, choices=Rule, default=Rule.NEVER)
    visible_when = models.JSONField(default=dict, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["version", "section__position", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "lineage"], name="criterion_lineage_once"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="criterion_weight_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class Option(models.Model):
    """One answer that a reviewer can pick. Value in [0, 1]; none for information only."""

    class FailScope(models.TextChoices):
        NONE = "", "Nothing"
        CRITERION = "criterion", "The criterion"
        SECTION = "section", "The section"
        CARD = "card", "The card"

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="options")
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    guidance = models.TextField(blank=True)
    value = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    fail_scope = models.CharField(max_length=10, choices=FailScope, blank=True, default=FailScope.NONE)
    comment_required = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["criterion", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["criterion", "key"], name="option_key_once"),
            models.CheckConstraint(condition=Q(value=None) | Q(value__gte=0, value__lte=1), name="option_value_range"),
        ]

    def __str__(self) -> str:
        return self.label


class RootCause(models.Model):
    """Why points were lost, and whose cause it is."""

    class Owner(models.TextChoices):
        AGENT = "agent", "Agent"
        PROCESS = "process", "Process"
        PRODUCT = "product", "Product"
        KNOWLEDGE_BASE = "knowledge_base", "Knowledge base"

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="root_causes")
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    owner = models.CharField(max_length=16, choices=Owner, default=Owner.AGENT)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["criterion", "position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["criterion", "key"], name="cause_key_once")]

    def __str__(self) -> str:
        return self.label
