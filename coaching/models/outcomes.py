"""What a plan's follow-up showed: the measured change in three parts, with everything it was worked out from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from coaching.models.plans import Plan


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    """Questions about outcomes."""

    def visible_to(self, user: models.Model) -> OutcomeQuerySet:
        """Return the outcomes of the plans that a person may see."""
        return self.filter(plan__in=Plan.objects.visible_to(user))

    def coached_by(self, user: models.Model) -> OutcomeQuerySet:
        """Return the outcomes of the plans that a person decides on."""
        return self.filter(plan__in=Plan.objects.coached_by(user))


class Outcome(models.Model):
    """The newest measurement of one plan over one follow-up window; all levels and changes in points.

    observed = expected_by_chance + shift + effect. What was measured before a review was revised is a PastOutcome.
    """

    class Verdict(models.TextChoices):
        # There is no "worse": by chance alone it would come up in 3 to 5.5 of 100 plans.
        IMPROVED = "improved", "Improved"
        CANNOT_TELL = "cannot_tell_yet", "Cannot tell yet"
        NOT_ENOUGH = "not_enough_data", "Not enough data"

    class Shown(models.TextChoices):
        NONE = "none", "Nothing"
        OBSERVED = "observed_only", "The observed change only"
        FULL = "full", "The three parts"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="outcomes")
    # ISO weeks, both ends included.
    first_week = models.CharField(max_length=8)
    last_week = models.CharField(max_length=8)
    baseline_first_week = models.CharField(max_length=8)
    baseline_last_week = models.CharField(max_length=8)
    number = models.PositiveIntegerField(default=1)
    measured_at = models.DateTimeField()
    # When the sums were last compared with the reviews; the next comparison takes the longest waiting first.
    checked_at = models.DateTimeField()
    # The sums of every agent compared, without names: anybody can work the outcome out again from this alone.
    inputs = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    verdict = models.CharField(max_length=16, choices=Verdict)
    shown = models.CharField(max_length=16, choices=Shown)
    reason = models.CharField(max_length=30, blank=True)
    pre_n = models.PositiveIntegerField(default=0)
    pre_mean = models.FloatField(null=True, blank=True)
    post_n = models.PositiveIntegerField(default=0)
    post_mean = models.FloatField(null=True, blank=True)
    level = models.FloatField(null=True, blank=True)
    observed = models.FloatField(null=True, blank=True)
    expected_by_chance = models.FloatField(null=True, blank=True)
    shift = models.FloatField(null=True, blank=True)
    effect = models.FloatField(null=True, blank=True)
    se = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    sigma2 = models.FloatField(null=True, blank=True)
    omega2 = models.FloatField(null=True, blank=True)
    baseline_variance = models.FloatField(null=True, blank=True)
    level_factor = models.FloatField(null=True, blank=True)
    shift_variance = models.FloatField(null=True, blank=True)
    peers = models.PositiveIntegerField(default=0)
    further = models.PositiveIntegerField(null=True, blank=True)
    further_reason = models.CharField(max_length=30, blank=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["plan", "-last_week", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "first_week", "last_week"], name="outcome_once"),
            models.CheckConstraint(
                condition=~Q(shown="full") | Q(effect__isnull=False, low__isnull=False, high__isnull=False),
                name="outcome_full_has_numbers",
            ),
            models.CheckConstraint(
                condition=~Q(verdict="improved") | Q(shown="full", low__gt=0), name="outcome_improved_above_zero"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["checked_at"], name="outcome_checked")]

    def __str__(self) -> str:
        return f"outcome of {self.plan}"


class PastOutcome(models.Model):
    """What an outcome said before it was measured again."""

    outcome = models.ForeignKey(Outcome, models.CASCADE, related_name="past")
    number = models.PositiveIntegerField()
    measured_at = models.DateTimeField()
    replaced_at = models.DateTimeField()
    verdict = models.CharField(max_length=16, choices=Outcome.Verdict)
    figures = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["outcome", "-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["outcome", "number"], name="past_outcome_once")]

    def __str__(self) -> str:
        return f"{self.outcome_id} number {self.number}"
