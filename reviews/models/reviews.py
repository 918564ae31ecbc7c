"""A review and its revisions. Never edited in place once submitted: every change of score is a new revision."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.access import reach
from accounts.models import Agent, Team, TeamMembership
from accounts.roles import Permission
from conversations.models import Conversation, Transcript
from reviews.models.queue import QueueItem
from rubrics.models import Criterion, Option, RootCause, RubricVersion

# Whoever has it has not opened it. No word of a status: SQLite takes no index whose condition comes as a parameter.
UNREAD = Q(read_at=None, published_at__isnull=False)


def _ways_to(user: models.Model) -> tuple[list[Q], Q, list[Q]]:
    """Return how a person comes to read a review: as their own, or the others' within any of the last; none: all."""
    scope, led = reach(user, Permission.READ_REVIEWS), reach(user, Permission.SEE_TEAM)
    about_oneself = Q(agent__user=user.pk, agent__user__isnull=False)
    own = [Q(author=user.pk), about_oneself & Q(status=Review.Status.PUBLISHED)]
    others = ~Q(status=Review.Status.DRAFT) & ~about_oneself
    if scope.everywhere:
        return own, others, []
    within = [Q(team__in=scope.team_ids)]
    if led.team_ids:
        members = TeamMembership.objects.filter(team__in=led.team_ids, ends_at=None).values("agent")
        within.append(Q(status=Review.Status.PUBLISHED, agent__in=members))
    return own, others, within


class ReviewQuerySet(models.QuerySet["Review"]):
    """Questions about reviews."""

    def published(self) -> ReviewQuerySet:
        """Return the reviews that the agent may read."""
        return self.filter(status=Review.Status.PUBLISHED)

    def unread(self) -> ReviewQuerySet:
        """Return published reviews that the agent has not opened."""
        return self.published().filter(read_at=None)

    def being_written(self) -> ReviewQuerySet:
        """Return drafts, and submitted reviews that their author is changing."""
        changing = Q(status=Review.Status.SUBMITTED, reopened_at__isnull=False)
        return self.filter(Q(status=Review.Status.DRAFT) | changing)

    def waiting(self) -> ReviewQuerySet:
        """Return submitted primary reviews that the agent does not see yet."""
        return self.filter(status=Review.Status.SUBMITTED, purpose=QueueItem.Purpose.PRIMARY)

    def undecided(self) -> ReviewQuerySet:
        """Return waiting reviews whose second reader has neither let them go out nor sent them back."""
        return self.waiting().filter(needs_second_read=True, returned_at=None, return_note="", release_at=None)

    def without_second_reader(self) -> ReviewQuerySet:
        """Return waiting reviews that need a second reader and have nobody on it."""
        seats = QueueItem.objects.open().filter(pick=OuterRef("item__pick"), purpose=QueueItem.Purpose.SECOND_READ)
        return self.waiting().filter(~Exists(seats), needs_second_read=True, second_read_at=None)

    def in_dispute(self) -> ReviewQuerySet:
        """Return the reviews with an open dispute: what rests on them waits."""
        from reviews.models.dispute import Dispute

        return self.filter(Exists(Dispute.objects.filter(review=OuterRef("pk"), status__in=["open", "rescoring"])))

    def feedback_for(self, user: Any) -> ReviewQuerySet:
        """Return a person's own published reviews as an agent."""
        return self.published().filter(agent__user=user.pk)

    def visible_to(self, user: models.Model) -> ReviewQuerySet:
        """Return own work, what others submitted in teams within reach, and own feedback once it is published.

        Who leads a team reads the whole record of its agents, from the teams they were in before as well.
        What a phase hides (blindness) is decided in visibility.py; lists leave it out with `not_blind_to`.
        """
        own, others, within = _ways_to(user)
        return self.filter(reduce(or_, own) | (others & reduce(or_, within) if within else others))

    def by_each_way(self, user: models.Model) -> list[ReviewQuerySet]:
        """Return what is visible in parts, to be put together by `union`: each has an index, where "or" has none."""
        own, others, within = _ways_to(user)
        if not within:
            return [self.visible_to(user)]
        return [self.filter(way) for way in (*own, *(others & way for way in within))]

    def sealed_from(self, user: Any) -> ReviewQuerySet:
        """Return the looks at a conversation that a person must not read yet, whatever their role.

        A second look at what they wrote, before it is decided; a second reader's answers, before that reader has
        decided about theirs; how an agent saw it, before the review is out and nobody can fit it to that; what others
        answered in a calibration session that is not revealed, whoever runs it.
        """
        from reviews.models.calibration import CalibrationSession

        primary = Review.objects.filter(item__pick=OuterRef("item__pick"), purpose=QueueItem.Purpose.PRIMARY)
        out = primary.filter(status__in=[Review.Status.PUBLISHED, Review.Status.VOIDED])
        disputed = Q(
            purpose=QueueItem.Purpose.DISPUTE,
            item__dispute__status__in=["open", "rescoring"],
            item__dispute__review__author=user.pk,
        )
        second = Q(purpose=QueueItem.Purpose.SECOND_READ) & Exists(primary.undecided().filter(author=user.pk))
        unseen = Q(purpose=QueueItem.Purpose.SELF) & ~Q(author=user.pk) & ~Exists(out)
        hidden = CalibrationSession.objects.hidden().filter(units__pick=OuterRef("item__pick"))
        compared = Q(purpose=QueueItem.Purpose.CALIBRATION) & ~Q(author=user.pk) & Exists(hidden)
        return self.filter(disputed | second | unseen | compared)

    def not_blind_to(self, user: models.Model) -> ReviewQuerySet:
        """Leave out what is sealed, and what others made of a conversation that the person judges themself just now."""
        owed = QueueItem.objects.owed_by(user).filter(conversation=OuterRef("conversation"))
        sealed = Review.objects.sealed_from(user).filter(pk=OuterRef("pk"))
        own_or_open = Q(author=user.pk) | Q(purpose=QueueItem.Purpose.PRIMARY) | ~Exists(sealed)
        return self.filter(Q(author=user.pk) | ~Exists(owed), own_or_open)


class Review(models.Model):
    """One person's scoring of one queue item. The draft lives here until it is submitted."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        PUBLISHED = "published", "Published"
        VOIDED = "voided", "Voided"

    TRANSITIONS: ClassVar = {
        "draft": {"submitted"},
        "submitted": {"published", "voided"},
        "published": {"voided"},
        "voided": set(),
    }

    item = models.ForeignKey(QueueItem, models.PROTECT, related_name="reviews", related_query_name="review")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    # Copied from the item, so that lists and feedback need no join through the queue.
    purpose = models.CharField(max_length=12, choices=QueueItem.Purpose, default=QueueItem.Purpose.PRIMARY)
    pool = models.CharField(max_length=10, default="random")
    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="reviews")
    transcript = models.ForeignKey(Transcript, models.PROTECT, related_name="reviews")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="reviews")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="reviews")
    rubric_version = models.ForeignKey(RubricVersion, models.PROTECT, related_name="reviews")
    draft = models.JSONField(default=dict, blank=True)
    draft_number = models.PositiveIntegerField(default=0)
    active_seconds = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    release_at = models.DateTimeField(null=True, blank=True)
    # Kept back until the agent's next 1:1; release_at is then the latest day.
    held_for_meeting = models.BooleanField(default=False)
    # Its author is changing it: what was submitted stands until it is submitted again.
    reopened_at = models.DateTimeField(null=True, blank=True)
    # It fails the card, and the workspace wants a second person to read it before the agent does.
    needs_second_read = models.BooleanField(default=False)
    second_read_at = models.DateTimeField(null=True, blank=True)
    second_reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    returned_at = models.DateTimeField(null=True, blank=True)
    return_note = models.TextField(blank=True)
    # Its agent scores the conversation first, blind, until then; none when nobody waits for that (any more).
    self_review_until = models.DateTimeField(null=True, blank=True)
    self_review_reminded_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    reply = models.TextField(blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    void_reason = models.TextField(blank=True)
    current = models.OneToOneField("Revision", models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "author"], name="one_review_per_author"),
            models.UniqueConstraint(
                fields=["item"], condition=~Q(status="draft"), name="one_submitted_review_per_item"
            ),
            models.CheckConstraint(
                condition=Q(status="draft", submitted_at=None, current=None)
                | (~Q(status="draft") & Q(submitted_at__isnull=False, current__isnull=False)),
                name="review_submitted_when",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False), name="review_published_when"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agent", "-published_at"], name="review_agent"),
            models.Index(fields=["team", "-published_at"], name="review_team"),
            models.Index(fields=["author", "status"], name="review_author"),
            models.Index(fields=["author", "-submitted_at"], name="review_author_when"),
            models.Index(fields=["status", "release_at"], name="review_release"),
            models.Index(fields=["-published_at"], name="review_published"),
            # Asked every minute, of few.
            models.Index(
                fields=["self_review_until"], condition=Q(self_review_until__isnull=False), name="review_self_until"
            ),
            models.Index(fields=["team", "published_at"], condition=UNREAD, name="review_unread_team"),
            models.Index(fields=["agent", "published_at"], condition=UNREAD, name="review_unread_agent"),
            models.Index(fields=["author", "published_at"], condition=UNREAD, name="review_unread_author"),
        ]

    def __str__(self) -> str:
        return f"Review {self.pk} of {self.conversation}"

    @property
    def is_reopened(self) -> bool:
        """Say whether its author is changing what was submitted."""
        return self.status == self.Status.SUBMITTED and self.reopened_at is not None


class Revision(models.Model):
    """The scores of a review at one time, with who changed them and why. Immutable."""

    class Outcome(models.TextChoices):
        PASS = "pass", "Pass"
        FAIL = "fail", "Fail"
        NONE = "none", "No outcome"

    review = models.ForeignKey(Review, models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    raw_score = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    final_score = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    outcome = models.CharField(max_length=4, choices=Outcome)
    failed_by = models.JSONField(default=list, blank=True)
    coverage = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    bonus = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    section_scores = models.JSONField(default=dict, blank=True)
    skill_scores = models.JSONField(default=dict, blank=True)
    errors = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar = ["review", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["review", "number"], name="revision_once")]

    def __str__(self) -> str:
        return f"{self.review_id} revision {self.number}"


class Answer(models.Model):
    """What was answered to one criterion in one revision (a full copy each time). Immutable."""

    class State(models.TextChoices):
        SCORED = "scored", "Scored"
        BONUS = "bonus", "Bonus or penalty"
        EXCLUDED = "excluded", "Not the agent's cause"
        UNANSWERED = "unanswered", "Not answered"
        NOT_APPLICABLE = "not_applicable", "Not applicable"
        NOT_ASKED = "not_asked", "Not asked"
        INFORMATION = "information", "Information"

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="answers")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="answers")
    state = models.CharField(max_length=14, choices=State)
    option = models.ForeignKey(Option, models.PROTECT, null=True, blank=True, related_name="answers")
    root_cause = models.ForeignKey(RootCause, models.PROTECT, null=True, blank=True, related_name="answers")
    value = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["revision", "criterion"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["revision", "criterion"], name="answer_once")]
        indexes: ClassVar = [models.Index(fields=["criterion", "option"], name="answer_criterion")]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.state}"


class Comment(models.Model):
    """Free text about a criterion, a message or the whole: kept apart from answers so that it can be erased."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="comments")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="comments")
    criterion = models.ForeignKey(Criterion, models.PROTECT, null=True, blank=True, related_name="comments")
    message_index = models.PositiveIntegerField(null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["review", "id"]

    def __str__(self) -> str:
        return f"comment {self.pk}"


class Pin(models.Model):
    """A message, or a range of it, tied to a criterion. Offsets in code points of the plain-text projection."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="pins")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="pins")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="pins")
    transcript = models.ForeignKey(Transcript, models.PROTECT, related_name="pins")
    message_index = models.PositiveIntegerField()
    message_hash = models.CharField(max_length=64)
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["review", "message_index", "start", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(start=None, end=None) | Q(start__isnull=False, end__gt=models.F("start")),
                name="pin_range",
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.message_index} for {self.criterion_id}"
