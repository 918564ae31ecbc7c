"""A dispute: an agent does not agree with some answers, somebody else judges them afresh, then each is decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.access import reach
from accounts.roles import Permission
from reviews.models.queue import QueueItem
from reviews.models.reviews import Review, Revision
from rubrics.models import Criterion, Option


def looked_at_by(user: Any) -> Q:
    """Return the condition that a person's own second look is in.

    A join would name a dispute once for each review of the item; to sort that out over all columns of a page's row
    takes PostgreSQL a second of planning.
    """
    looks = Review.objects.filter(item=OuterRef("item"), author=user.pk)
    return Q(Exists(looks), item__status=QueueItem.Status.SUBMITTED)


class DisputeQuerySet(models.QuerySet["Dispute"]):
    """Questions about disputes."""

    def open(self) -> DisputeQuerySet:
        """Return the disputes that are not decided and not over."""
        return self.filter(status__in=Dispute.OPEN)

    def to_decide(self) -> DisputeQuerySet:
        """Return the open disputes whose second look is in."""
        return self.open().exclude(rescored_at=None)

    def about(self, user: Any) -> DisputeQuerySet:
        """Return the disputes about a person's own feedback."""
        return self.filter(review__agent__user=user.pk, review__agent__user__isnull=False)

    def late(self, now: datetime) -> DisputeQuerySet:
        """Return the open disputes that should have been decided."""
        return self.open().filter(due_at__lt=now)

    def decided_by(self, user: Any) -> DisputeQuerySet:
        """Return the open disputes that wait for this person: their own second look is in, or they oversee disputes.

        An escalation waits for those who oversee, and nobody decides about the own feedback or the own review.
        """
        own_look = Q(looked_at_by(user), stage=Dispute.Stage.FIRST)
        involved = Q(review__author=user.pk) | Q(review__agent__user=user.pk, review__agent__user__isnull=False)
        rows = self.to_decide().exclude(involved)
        return rows if reach(user, Permission.OVERSEE_DISPUTES).everywhere else rows.filter(own_look)

    def visible_to(self, user: models.Model) -> DisputeQuerySet:
        """Return disputes about own published feedback and own reviews, those one looked at again, and own teams'.

        Whoever still owes the blind second look at the conversation sees nothing of it.
        """
        scope = reach(user, Permission.SEE_TEAM)
        # What was voided is nobody's feedback any more, and neither is what was said about it.
        about_oneself = Q(review__agent__user=user.pk, review__agent__user__isnull=False)
        own = about_oneself & Q(review__status=Review.Status.PUBLISHED) | Q(review__author=user.pk)
        team = Q(review__team__in=scope.team_ids)
        owed = QueueItem.objects.owed_by(user).filter(conversation=OuterRef("review__conversation"))
        rows = self.filter(~Exists(owed))
        return rows if scope.everywhere else rows.filter(own | looked_at_by(user) | team)


class Dispute(models.Model):
    """Some answers of one review, doubted by its agent: open → judged afresh → decided, withdrawn or expired."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        RESCORING = "rescoring", _("Second look")
        DECIDED = "decided", _("Decided")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    class Stage(models.IntegerChoices):
        FIRST = 1, _("Dispute")
        ESCALATION = 2, _("Escalation")

    TRANSITIONS: ClassVar = {
        # An escalation for which nobody is left to look afresh is decided as it stands.
        "open": {"rescoring", "decided", "withdrawn", "expired"},
        # Whoever began the second look may hand it on.
        "rescoring": {"open", "decided", "withdrawn", "expired"},
        "decided": set(),
        "withdrawn": set(),
        "expired": set(),
    }
    OPEN: ClassVar = ("open", "rescoring")

    review = models.ForeignKey(Review, models.PROTECT, related_name="disputes")
    stage = models.PositiveSmallIntegerField(choices=Stage, default=Stage.FIRST)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    # The revision whose answers are doubted.
    disputed = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    # The blind second look; none while nobody can be found for it.
    item = models.OneToOneField(QueueItem, models.PROTECT, null=True, blank=True, related_name="dispute")
    rescored_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    # The revision that the decision made; none when everything was upheld.
    revision = models.OneToOneField(Revision, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-opened_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "stage"], name="dispute_once"),
            models.UniqueConstraint(
                fields=["review"], condition=Q(status__in=["open", "rescoring"]), name="one_open_dispute"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "rescoring"], ended_at=None)
                | (~Q(status__in=["open", "rescoring"]) & Q(ended_at__isnull=False)),
                name="dispute_ended_when",
            ),
            models.CheckConstraint(condition=Q(revision=None) | Q(status="decided"), name="dispute_revision_decided"),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "due_at"], name="dispute_due")]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.pk} of review {self.review_id}"

    @property
    def is_open(self) -> bool:
        """Say whether something may still happen."""
        return self.status in self.OPEN


class DisputedPoint(models.Model):
    """One doubted answer: why, what it should have been, and in the end what stands and why. Decided once."""

    class Decision(models.TextChoices):
        UPHELD = "upheld", _("Upheld")
        CHANGED = "changed", _("Changed")

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="points")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="disputed_points")
    reason = models.TextField()
    proposed = models.ForeignKey(Option, models.PROTECT, null=True, blank=True, related_name="+")
    proposes_not_applicable = models.BooleanField(default=False)
    decision = models.CharField(max_length=7, choices=Decision, blank=True, default="")
    # What stands after a change: an option or N/A.
    option = models.ForeignKey(Option, models.PROTECT, null=True, blank=True, related_name="+")
    not_applicable = models.BooleanField(default=False)
    rationale = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["dispute", "criterion__section__position", "criterion__position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dispute", "criterion"], name="disputed_once"),
            models.CheckConstraint(
                condition=Q(proposed=None) | Q(proposes_not_applicable=False), name="disputed_proposes_one"
            ),
            models.CheckConstraint(
                condition=~Q(decision="changed", option=None, not_applicable=False)
                & ~Q(option__isnull=False, not_applicable=True),
                name="disputed_changed_to",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id} in dispute {self.dispute_id}"
