"""A calibration session: the same drawn conversations scored by several people, blind, then compared and settled."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.access import may
from accounts.models import Agent, Team
from accounts.roles import Permission
from conversations.models import Completion, Conversation
from rubrics.models import Criterion, Option, RubricVersion
from sampling.models import Draw, Pick


class CalibrationSessionQuerySet(models.QuerySet["CalibrationSession"]):
    """Questions about calibration sessions."""

    def scoring(self) -> CalibrationSessionQuerySet:
        """Return the sessions that people score for."""
        return self.filter(status=CalibrationSession.Status.SCORING)

    def hidden(self) -> CalibrationSessionQuerySet:
        """Return the sessions whose answers nobody but their authors may read: not revealed, or never to be."""
        return self.exclude(status__in=CalibrationSession.SHOWN)

    def visible_to(self, user: models.Model) -> CalibrationSessionQuerySet:
        """Return all of them to those who run them; to who took part, those that were revealed."""
        if may(user, Permission.MANAGE_SAMPLING):
            return self
        return self.filter(participants__user=user.pk, status__in=CalibrationSession.SHOWN)


class CalibrationSession(models.Model):
    """What several people score alone, to compare: draft → scoring (blind) → revealed → resolved → closed."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCORING = "scoring", _("Scoring, blind")
        REVEALED = "revealed", _("Revealed")
        RESOLVED = "resolved", _("Resolved")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Cancelled")

    TRANSITIONS: ClassVar = {
        "draft": {"scoring", "cancelled"},
        "scoring": {"revealed", "cancelled"},
        "revealed": {"resolved"},
        "resolved": {"closed"},
        "closed": set(),
        "cancelled": set(),
    }
    SHOWN: ClassVar = ("revealed", "resolved", "closed")

    title = models.CharField(max_length=120)
    # Whose frame the conversations are drawn from: its plan's population in its period.
    draw = models.ForeignKey(Draw, models.PROTECT, related_name="calibration_sessions")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    rubric_version = models.ForeignKey(RubricVersion, models.PROTECT, related_name="calibration_sessions")
    number = models.PositiveSmallIntegerField(default=3)
    due_at = models.DateTimeField()
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    # How many units the frame held when it was drawn from.
    frame_size = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    revealed_at = models.DateTimeField(null=True, blank=True)
    # Nobody: the last score came in, or the time was over.
    revealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.TextField(blank=True)

    objects = CalibrationSessionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancel_reason="")
                | (Q(cancelled_at__isnull=False, status="cancelled") & ~Q(cancel_reason="")),
                name="calibration_cancelled_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "cancelled"]) | Q(started_at__isnull=False),
                name="calibration_started_when",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["revealed", "resolved", "closed"]) | Q(revealed_at__isnull=False),
                name="calibration_revealed_when",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["resolved", "closed"]) | Q(resolved_at__isnull=False),
                name="calibration_resolved_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(status="scoring"), name="calibration_scoring"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_shown(self) -> bool:
        """Say whether the answers are there to compare."""
        return self.status in self.SHOWN


class CalibrationParticipant(models.Model):
    """Somebody who scores a session's conversations."""

    session = models.ForeignKey(CalibrationSession, models.CASCADE, related_name="participants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["session", "user"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "user"], name="calibration_participant_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.session}"


class CalibrationUnit(models.Model):
    """One conversation in ascending u: taken, or passed over for a reason that has nothing to do with its score."""

    class PassedOver(models.TextChoices):
        NO = "", _("Taken")
        QUEUED = "queued", _("In the queue or reviewed already")
        TEXT_GONE = "text_gone", _("What was said is erased")
        TOO_FEW = "too_few", _("Fewer than two participants may score it")

    session = models.ForeignKey(CalibrationSession, models.PROTECT, related_name="units")
    # Counted from 1 in ascending u, those passed over included.
    place = models.PositiveIntegerField()
    u = models.FloatField()
    completion = models.ForeignKey(Completion, models.PROTECT, related_name="+")
    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="calibration_units")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    passed_over = models.CharField(max_length=9, choices=PassedOver, blank=True, default=PassedOver.NO)
    # What its seats hang on: a pick of its own, in no draw's sample and so in no average.
    pick = models.OneToOneField(Pick, models.PROTECT, null=True, blank=True, related_name="calibration_unit")

    class Meta:
        ordering: ClassVar = ["session", "place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "place"], name="calibration_unit_once"),
            models.CheckConstraint(
                condition=Q(passed_over="", pick__isnull=False) | (~Q(passed_over="") & Q(pick=None)),
                name="calibration_unit_taken_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation} in {self.session}"


class AgreedAnswer(models.Model):
    """The answer that stands for one criterion of one conversation, and why. It changes no score."""

    unit = models.ForeignKey(CalibrationUnit, models.PROTECT, related_name="agreed")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    option = models.ForeignKey(Option, models.PROTECT, null=True, blank=True, related_name="+")
    not_applicable = models.BooleanField(default=False)
    rationale = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["unit", "criterion"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "criterion"], name="agreed_answer_once"),
            models.CheckConstraint(
                condition=Q(option=None, not_applicable=True) | Q(option__isnull=False, not_applicable=False),
                name="agreed_answer_is_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} of {self.unit}"
