"""What waits to be scored, and who holds it. Several items may hang on one pick; only primary ones feed averages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.access import reach
from accounts.models import Agent, RoleGrant, Team
from accounts.roles import Permission, Role
from conversations.models import Conversation, Transcript
from reviews.models.distribution import Conflict, QueueRules
from rubrics.models import RubricVersion
from sampling.models import Pick, Plan, PlanReviewer

# Both look alike to whoever gets them; a second look for a dispute or a second read is found anew instead.
HANDED_OVER = ("primary", "calibration")


class IsOpen(models.Func):
    """Say in so many words that a status is an open one.

    SQLite takes the index that holds open items only (item_open_order) when it can read this in the statement itself,
    not when the words come as parameters.
    """

    template = "%(expressions)s IN ('available', 'claimed')"
    output_field = models.BooleanField()


class IsSkipped(models.Func):
    """Say in so many words that an item was skipped, so that SQLite takes the index of skips (item_skips)."""

    template = "%(expressions)s = 'skipped'"
    output_field = models.BooleanField()


class QueueItemQuerySet(models.QuerySet["QueueItem"]):
    """Questions about queue items."""

    def open(self) -> QueueItemQuerySet:
        """Return items that still want a review."""
        return self.filter(IsOpen("status"))

    def claimable(self, now: datetime) -> QueueItemQuerySet:
        """Return open items that nobody holds, or whose lease ran out."""
        return self.open().filter(Q(claimed_by=None) | Q(claimed_until__lt=now))

    def not_given_to_others(self, person: Any) -> QueueItemQuerySet:
        """Leave out what waits for somebody else by name; of an id, or of the slot of a prepared statement."""
        return self.filter(Q(assigned_to=None) | Q(assigned_to=person))

    def without_conflict(self, person: Any) -> QueueItemQuerySet:
        """Leave out the agents with whom a person (an id or a slot) has a conflict of interest."""
        return self.exclude(agent__in=Conflict.objects.standing().filter(user=person).values("agent"))

    def still_theirs(self, person: Any, now: Any) -> QueueItemQuerySet:
        """Return what a person may take up again when their hold ran out: nobody else has it or is to have it."""
        return self.claimable(now).not_given_to_others(person).without_conflict(person)

    def given_by_name(self) -> QueueItemQuerySet:
        """Return what everybody may know to be given by name: where nothing else is, it would be a second look."""
        rules = Q(plan__queue_rules__distribution=QueueRules.Distribution.PREASSIGNED)
        passed_on = Q(handed_over_at__isnull=False, purpose__in=HANDED_OVER)
        return self.drawn().filter(rules | passed_on)

    def lapsed(self, now: datetime) -> QueueItemQuerySet:
        """Return the held items whose lease ran out, or whose holder cannot log in any more."""
        held = self.filter(status=QueueItem.Status.CLAIMED)
        return held.filter(Q(claimed_until__lt=now) | Q(claimed_by__is_active=False))

    def held_by(self, person: Any, now: datetime) -> QueueItemQuerySet:
        """Return the items that a person (their id) holds a running lease on."""
        return self.filter(status=QueueItem.Status.CLAIMED, claimed_by=person, claimed_until__gte=now)

    def in_working_order(self) -> QueueItemQuerySet:
        """Order by due date, then by the draw's own order (ascending u), never by a person's choice."""
        return self.order_by("due_at", "u", "id")

    def drawn(self) -> QueueItemQuerySet:
        """Return what the queue gives out: neither what somebody picked by hand, nor what agents score of their own."""
        by_hand = Q(pool=Pick.Pool.MANUAL, purpose=QueueItem.Purpose.PRIMARY)
        return self.exclude(by_hand | Q(purpose=QueueItem.Purpose.SELF))

    def self_reviews_of(self, user: models.Model) -> QueueItemQuerySet:
        """Return the own conversations that an agent is asked to score before seeing the review, soonest first."""
        asked = self.open().filter(purpose=QueueItem.Purpose.SELF, agent__user=user.pk)
        return asked.order_by("due_at", "id")

    def by_hand(self) -> QueueItemQuerySet:
        """Return the items that somebody made for a conversation they came upon."""
        return self.filter(pool=Pick.Pool.MANUAL, purpose=QueueItem.Purpose.PRIMARY)

    def offered_to(self, user: models.Model) -> QueueItemQuerySet:
        """Return the items a person may be given: in their teams, in their plans, not their own conversations.

        What somebody picked by hand is nobody else's work, so the queue never offers it.
        """
        scope = reach(user, Permission.SCORE)
        # Their grants are those of this moment, too.
        return self.offered(
            user.pk, team_ids=None if scope.everywhere else sorted(scope.team_ids), now=timezone.now()
        )  # fmt: skip

    def offered(self, person: Any, *, team_ids: Sequence[Any] | None, now: Any) -> QueueItemQuerySet:
        """Say the same of an id and the teams within reach, None for all; slots of a prepared statement will do."""
        mine = self.drawn()
        if team_ids is not None:
            mine = mine.filter(reduce(or_, (Q(team=team_id) for team_id in team_ids), Q(pk__in=[])))
        # Answered once for the whole statement, where a question about each item would be asked for each item.
        joined = PlanReviewer.objects.filter(user=person).values("plan")
        closed = PlanReviewer.objects.exclude(plan__in=joined).values("plan")
        # What was given to a person by name is theirs, whoever scores for the plan.
        chosen = Q(plan=None) | ~Q(plan__in=closed) | Q(assigned_to=person)
        # A second look at a pick by the same person would not be blind.
        sits = Q(review__author=person) | Q(assigned_to=person, ended_at=None)
        other_seat = QueueItem.objects.filter(sits, pick=OuterRef("pick")).exclude(pk=OuterRef("pk"))
        own = Agent.objects.filter(user=person).values("pk")
        led = RoleGrant.objects.active(now).filter(user=person, role=Role.SUPERVISOR, team__isnull=False).values("team")
        apart = QueueRules.objects.filter(excludes_lead=True).values("plan")
        as_lead = Q(team__in=led, plan__in=apart)
        return (
            mine.not_given_to_others(person)
            .without_conflict(person)
            .filter(chosen, ~Q(agent__in=own), ~as_lead | Q(team=None), ~Exists(other_seat))
        )

    def skips_to_check(self, user: models.Model) -> QueueItemQuerySet:
        """Return the skips as not eligible that wait for a person: in their teams, not their own, not of them."""
        waiting = self.skipped_within_reach(user).filter(
            check_result=QueueItem.Check.NONE, pick__dropped=Pick.Dropped.CLAIMED, pick__draw__voided_at=None
        )
        # A pick that was brought back may be skipped again; only its last skip waits.
        waiting = waiting.filter(skip_reason=F("pick__drop_reason"), ended_by=F("pick__dropped_by"))
        own = Agent.objects.filter(user=user.pk).values("pk")
        return waiting.exclude(ended_by=user.pk).exclude(agent__in=own)

    def in_hand_of(self, user: models.Model, *, everywhere: bool) -> QueueItemQuerySet:
        """Return the items that a person may pass on: held or given by name; all open drawn ones to who oversees."""
        if everywhere:
            return self.drawn()
        given = QueueItem.objects.given_by_name().filter(assigned_to=user.pk)
        return self.drawn().filter(Q(claimed_by=user.pk) | Q(pk__in=given.values("pk")))

    def skipped_within_reach(self, user: models.Model) -> QueueItemQuerySet:
        """Return all skips in the teams that a person scores, those that were looked at too."""
        scope = reach(user, Permission.SCORE)
        found = self.filter(IsSkipped("status"), purpose=QueueItem.Purpose.PRIMARY)
        return found if scope.everywhere else found.filter(team__in=scope.team_ids)

    def owed_by(self, user: models.Model) -> QueueItemQuerySet:
        """Return the items that a person has begun and not finished: until then others' answers stay hidden.

        A second look that was given to a person counts from that moment on, begun or not.
        """
        begun = Q(claimed_by=user.pk) | Q(review__author=user.pk, review__status="draft")
        given = Q(assigned_to=user.pk) & ~Q(purpose=QueueItem.Purpose.PRIMARY)
        return self.open().filter(begun | given)

    def visible_to(self, user: models.Model) -> QueueItemQuerySet:
        """Return the items that a person may be given."""
        return self.offered_to(user)


class QueueItem(models.Model):
    """One seat at one conversation: available → claimed → submitted, or skipped, expired, withdrawn."""

    class Purpose(models.TextChoices):
        PRIMARY = "primary", "Primary"
        CALIBRATION = "calibration", "Calibration"
        SECOND_READ = "second_read", "Second read"
        DISPUTE = "dispute", "Dispute"
        SELF = "self", "Self review"

    class Check(models.TextChoices):
        """What a second person, or a rule, said about a skip as not eligible."""

        NONE = "", "Not looked at"
        CONFIRMED = "confirmed", "Confirmed"
        OVERRULED = "overruled", "Overruled"

    class Status(models.TextChoices):
        AVAILABLE = "available", "Available"
        CLAIMED = "claimed", "Claimed"
        SUBMITTED = "submitted", "Submitted"
        SKIPPED = "skipped", "Skipped"
        EXPIRED = "expired", "Expired"
        WITHDRAWN = "withdrawn", "Withdrawn"

    TRANSITIONS: ClassVar = {
        # A reviewer whose hold ran out may still submit, as long as nobody else has taken the item.
        "available": {"claimed", "submitted", "expired", "withdrawn"},
        "claimed": {"available", "submitted", "skipped", "expired", "withdrawn"},
        "submitted": set(),
        "skipped": set(),
        "expired": set(),
        "withdrawn": set(),
    }

    pick = models.ForeignKey(Pick, models.PROTECT, related_name="items")
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.PRIMARY)
    seat = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status, default=Status.AVAILABLE)
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="items")
    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="items")
    transcript = models.ForeignKey(Transcript, models.PROTECT, related_name="items")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="items")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="items")
    rubric_version = models.ForeignKey(RubricVersion, models.PROTECT, related_name="items")
    pool = models.CharField(max_length=10, choices=Pick.Pool, default=Pick.Pool.RANDOM)
    # The lineages of the criteria to be judged; empty: the whole card.
    criteria = models.JSONField(default=list, blank=True)
    u = models.FloatField(default=0)
    due_at = models.DateTimeField()
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    # The last time that somebody passed it on to whoever it is assigned to now.
    handed_over_at = models.DateTimeField(null=True, blank=True)
    handed_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    handed_over_reason = models.TextField(blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="claimed_items"
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    skip_reason = models.CharField(max_length=30, blank=True)
    skip_note = models.TextField(blank=True)
    check_result = models.CharField(max_length=9, choices=Check, blank=True, default=Check.NONE)
    check_note = models.TextField(blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    # Nobody: a rule confirmed it.
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    objects = QueueItemQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_at", "u", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pick", "purpose", "seat"], name="item_once"),
            # Two people who come upon one conversation at once do not score it twice with one rubric.
            models.UniqueConstraint(
                fields=["conversation", "rubric_version"],
                condition=Q(pool="manual", purpose="primary", status__in=["available", "claimed"]),
                name="one_open_hand_item",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by=None, claimed_until=None)
                | Q(claimed_by__isnull=False, claimed_until__isnull=False),
                name="item_claim_paired",
            ),
            models.CheckConstraint(
                condition=Q(check_result="", checked_at=None) | (~Q(check_result="") & Q(checked_at__isnull=False)),
                name="item_check_paired",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "u", "id"], condition=Q(status__in=["available", "claimed"]), name="item_open_order"
            ),
            models.Index(fields=["claimed_by", "status"], name="item_holder"),
            models.Index(fields=["team", "status"], name="item_team"),
            models.Index(fields=["check_result"], condition=Q(status="skipped"), name="item_skips"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation} ({self.purpose} {self.seat})"

    @property
    def is_by_hand(self) -> bool:
        """Say whether somebody made this for a conversation they came upon."""
        return self.pool == Pick.Pool.MANUAL and self.purpose == self.Purpose.PRIMARY
