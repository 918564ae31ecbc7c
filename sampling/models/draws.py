"""One plan over one period: the frozen frame per stratum, and the picks."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent, Team
from conversations.models import Completion, Conversation
from rubrics.models import RubricVersion
from sampling.models.plans import Plan
from sampling.prefix import Prefix, estimated_eligible, inclusion_probability, limits_of_eligible
from sampling.targeting import combined
from sampling.units import Unit


class DrawQuerySet(models.QuerySet["Draw"]):
    """Questions about draws."""

    def standing(self) -> DrawQuerySet:
        """Return the draws that were not voided."""
        return self.filter(voided_at=None)

    def visible_to(self, user: models.Model) -> DrawQuerySet:
        """Return the draws of the plans a person may read."""
        return self.filter(plan__in=Plan.objects.visible_to(user))


class Draw(models.Model):
    """A draw is never deleted; a voided one stays visible with its reason."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="draws")
    period = models.CharField(max_length=24)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    # The plan as it stood when the frame was frozen.
    frozen_settings = models.JSONField(default=dict)
    rubric_version = models.ForeignKey(RubricVersion, models.PROTECT, related_name="draws")
    fingerprint = models.CharField(max_length=64)
    # SHA-256 over the lines of the frame in the receipt: what a receipt that comes back is compared with.
    frame_digest = models.CharField(max_length=64, blank=True)
    # Which lines its receipt has: a draw keeps the form that its digest was made over.
    receipt_version = models.PositiveSmallIntegerField(default=1)
    # c of the targeted pool (statistics.md 1.5), and the periods whose priorities it was worked out from.
    targeted_scale = models.FloatField(null=True, blank=True)
    targeted_from = models.CharField(max_length=60, blank=True)
    frame_size = models.PositiveIntegerField(default=0)
    picked = models.PositiveIntegerField(default=0)
    under_filled = models.PositiveIntegerField(default=0)
    too_late = models.PositiveIntegerField(default=0)
    without_reviewee = models.PositiveIntegerField(default=0)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    void_reason = models.TextField(blank=True)

    objects = DrawQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-starts_at", "plan"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "period"], condition=Q(voided_at=None), name="draw_once"),
            models.CheckConstraint(
                condition=Q(voided_at=None, void_reason="") | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="draw_void_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.period}"


class FrameStratumQuerySet(models.QuerySet["FrameStratum"]):
    """Questions about strata."""

    def visible_to(self, user: models.Model) -> FrameStratumQuerySet:
        """Return the strata of the draws a person may read."""
        return self.filter(draw__in=Draw.objects.visible_to(user))


class FrameStratum(models.Model):
    """One agent's (and stratum's) share of a frame. The inclusion probability is derived from it, never stored.

    frame_size is N of statistics.md 1.2, quota n, prefix k, eligible n_e and drawn m: the eligible units among the
    first k, nonresponse included.
    """

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="strata")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="strata")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="strata")
    # What the help desk called the agent when the frame was frozen: the receipt's word for them.
    agent_identity = models.CharField(max_length=400, blank=True)
    team_identity = models.CharField(max_length=100, blank=True)
    stratum = models.CharField(max_length=100, default="all")
    # What the quota followed from, beside the plan: the agent's boost, and S_h where scores decided.
    extra = models.PositiveIntegerField(default=0)
    spread = models.FloatField(null=True, blank=True)
    # Σ pi^T of its units: how many the targeted pool was expected to take.
    targeted = models.FloatField(default=0.0)
    frame_size = models.PositiveIntegerField()
    quota = models.PositiveIntegerField()
    prefix = models.PositiveIntegerField()
    eligible = models.PositiveIntegerField()
    drawn = models.PositiveIntegerField()
    # Each a sampling.units.Unit, in ascending u: what the next release needs, and what the receipt shows.
    units = models.JSONField(default=list)
    # Some of them stand in the frame of another plan, too: only then do Overlap and SharedPick know of it.
    is_shared = models.BooleanField(default=False)

    objects = FrameStratumQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["draw", "agent", "stratum"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "agent", "stratum"], name="stratum_once"),
            models.CheckConstraint(condition=Q(prefix__lte=models.F("frame_size")), name="stratum_prefix_in_frame"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agent", "draw"], name="stratum_agent"),
            # Some weeks of a team: neither everybody of these weeks nor all weeks of the team.
            models.Index(fields=["team", "draw"], name="stratum_team"),
        ]

    def __str__(self) -> str:
        return f"{self.agent} in {self.draw}"

    def unit_at(self, rank: int) -> Unit:
        """Return the unit at a place in ascending u, counted from 1."""
        return Unit(*self.units[rank - 1])

    @property
    def reached(self) -> Prefix:
        """Return how far into the frame the sample reaches."""
        return Prefix(k=self.prefix, n_e=self.eligible, m=self.drawn)

    @property
    def estimated_eligible(self) -> float:
        """Return how many units are eligible: exact when all were looked at, else estimated."""
        return estimated_eligible(self.frame_size, self.reached)

    @property
    def eligible_limits(self) -> tuple[int, int]:
        """Return its 95 % limits."""
        return limits_of_eligible(self.frame_size, self.reached)

    @property
    def eligible_is_rough(self) -> bool:
        """Say whether the estimate rests on a single eligible unit, or on none."""
        return self.prefix < self.frame_size and self.eligible < 2

    @property
    def inclusion_probability(self) -> float | None:
        """Return the chance m / N_e of each eligible unit, derived on read; None when no unit is eligible."""
        return inclusion_probability(self.frame_size, self.reached)

    def chance(self, pi_targeted: float) -> float | None:
        """Return the chance of a unit to be in the random or the targeted pool; None when no unit is eligible."""
        share = self.inclusion_probability
        return None if share is None else combined(share, pi_targeted)

    @property
    def missing(self) -> int:
        """Return by how many picks the frame was too small for the quota."""
        return max(self.quota - self.drawn, 0) if self.prefix == self.frame_size else 0


class PickQuerySet(models.QuerySet["Pick"]):
    """Questions about picks."""

    def standing(self) -> PickQuerySet:
        """Return the picks that are in the sample of a draw that was not voided."""
        return self.filter(dropped=Pick.Dropped.NO, draw__voided_at=None)

    def visible_to(self, user: models.Model) -> PickQuerySet:
        """Return the picks of the plans a person may read."""
        return self.filter(draw__in=Draw.objects.visible_to(user))


class Pick(models.Model):
    """One conversation in a queue, and how it got there."""

    class Pool(models.TextChoices):
        RANDOM = "random", _("Random")
        TARGETED = "targeted", _("Targeted")
        MANUAL = "manual", _("By hand")

    class Dropped(models.TextChoices):
        NO = "", _("In the sample")
        # One person says so. Until a second one has looked it counts as drawn and not reviewed.
        CLAIMED = "claimed", _("Said to be not eligible")
        INELIGIBLE = "ineligible", _("Not eligible")
        NONRESPONSE = "nonresponse", _("Not reviewed")

    draw = models.ForeignKey(Draw, models.PROTECT, null=True, blank=True, related_name="picks")
    stratum = models.ForeignKey(FrameStratum, models.PROTECT, null=True, blank=True, related_name="picks")
    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="picks")
    completion = models.ForeignKey(Completion, models.PROTECT, related_name="picks")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="picks")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="picks")
    pool = models.CharField(max_length=10, choices=Pool, default=Pool.RANDOM)
    rank = models.PositiveIntegerField(default=0)
    u = models.FloatField(null=True, blank=True)
    # u^T and pi^T: its number and its chance in the targeted pool, also for what the random pool took.
    u_targeted = models.FloatField(null=True, blank=True)
    pi_targeted = models.FloatField(default=0.0)
    # When the random pool reached what the targeted pool had taken: from then on it is in both.
    joined_random_at = models.DateTimeField(null=True, blank=True)
    # The places of the risk rules that hit it, in the frozen settings of its draw.
    hits = models.JSONField(default=list, blank=True)
    released_at = models.DateTimeField()
    dropped = models.CharField(max_length=12, choices=Dropped, blank=True, default=Dropped.NO)
    drop_reason = models.CharField(max_length=30, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    # The next unit was released in its place. Stays when a second person overrules the skip: then both stay in.
    vacated = models.BooleanField(default=False)

    objects = PickQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["draw", "stratum", "rank"]
        constraints: ClassVar = [
            # A conversation that was re-opened can end twice in one period: two units, and perhaps two picks.
            models.UniqueConstraint(fields=["draw", "completion"], name="pick_once"),
            models.CheckConstraint(
                condition=Q(pool="manual") | Q(draw__isnull=False, stratum__isnull=False, u__isnull=False),
                name="pick_was_drawn",
            ),
            models.CheckConstraint(
                condition=~Q(pool="targeted") | Q(u_targeted__isnull=False, pi_targeted__gt=0),
                name="pick_targeted_by_chance",
            ),
            # What somebody chose has no stratum, and so no way into a sum that averages are made of.
            models.CheckConstraint(
                condition=~Q(pool="manual") | Q(draw=None, stratum=None, u=None), name="pick_by_hand_not_drawn"
            ),
            models.CheckConstraint(
                condition=Q(dropped="", dropped_at=None) | (~Q(dropped="") & Q(dropped_at__isnull=False)),
                name="pick_dropped_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agent", "released_at"], name="pick_agent"),
            models.Index(fields=["released_at"], name="pick_released"),
            models.Index(
                fields=["joined_random_at"], condition=Q(joined_random_at__isnull=False), name="pick_joined_random"
            ),
            models.Index(fields=["dropped_at"], condition=Q(dropped_at__isnull=False), name="pick_dropped"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation} in {self.draw}" if self.draw_id else f"{self.conversation} by hand"
