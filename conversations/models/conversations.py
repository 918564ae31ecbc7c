"""A conversation's indexed facts, its completions, and its transcripts. A transcript is one row."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.access import may, reach
from accounts.models import Agent, Team
from accounts.roles import Permission
from conversations.erasure import ERASED
from conversations.messages import Message, decode

# Conversations that people answer beside each other. A ticket or an e-mail lies open for days without being handled.
HANDLED_LIVE = ("", "chat", "messaging", "voice")


class SourceQuerySet(models.QuerySet["Source"]):
    """Questions about sources."""

    def visible_to(self, user: models.Model) -> SourceQuerySet:
        """Return all sources to those who read or import conversations or set the sources up."""
        permissions = (Permission.READ_CONVERSATIONS, Permission.IMPORT_CONVERSATIONS, Permission.MANAGE_SETTINGS)
        return self if any(may(user, permission) for permission in permissions) else self.none()


class Source(models.Model):
    """Where conversations come from, and the rules for them."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    holds_finished_conversations = models.BooleanField(default=True)
    masks = models.JSONField(default=list, blank=True, help_text="Kinds of personal details that are masked.")
    retention_days = models.PositiveIntegerField(null=True, blank=True)
    field_names = models.JSONField(default=list, blank=True, help_text="Custom fields that came with conversations.")
    created_at = models.DateTimeField()

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class TagQuerySet(models.QuerySet["Tag"]):
    """Questions about tags."""

    def visible_to(self, user: models.Model) -> TagQuerySet:
        """Return the tags that a person meets on conversations; those of other teams tell nothing about them."""
        return self if may(user, Permission.READ_CONVERSATIONS) else self.none()


class Tag(models.Model):
    """A word that conversations are found by: the index of the tags that each conversation lists."""

    name = models.CharField(max_length=100, unique=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Questions about conversations."""

    def visible_to(self, user: models.Model) -> ConversationQuerySet:
        """Return the conversations of the teams that a person was granted."""
        scope = reach(user, Permission.READ_CONVERSATIONS)
        return self if scope.everywhere else self.filter(team__in=scope.team_ids)

    def completed(self) -> ConversationQuerySet:
        """Return conversations that have ended."""
        return self.exclude(completed_at=None)

    def handled_live(self) -> ConversationQuerySet:
        """Return those that an agent handled beside others, with the times that are needed to tell how many."""
        return self.filter(
            channel__in=HANDLED_LIVE, assignee__isnull=False, started_at__isnull=False, completed_at__isnull=False
        )


class Conversation(models.Model):
    """One conversation: identity is (source, external id)."""

    class Channel(models.TextChoices):
        NOT_GIVEN = "", "Channel not given"
        CHAT = "chat", "Chat"
        MESSAGING = "messaging", "Messaging"
        EMAIL = "email", "E-mail"
        TICKET = "ticket", "Help desk ticket"
        VOICE = "voice", "Voice transcript"

    # The foreign keys without an index of their own are covered by the constraint or by an index below: an import
    # writes every index of every row.
    source = models.ForeignKey(Source, models.PROTECT, related_name="conversations", db_index=False)
    external_id = models.CharField(max_length=255)
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    subject = models.TextField(blank=True)
    language = models.CharField(max_length=12, blank=True)
    customer_external_id = models.CharField(max_length=255, blank=True)
    customer_name = models.CharField(max_length=255, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    completion_number = models.PositiveIntegerField(default=0)
    assignee = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    most_active_agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+")
    last_agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="conversations", db_index=False)
    csat = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    tags = models.JSONField(default=list, blank=True)
    tagged = models.ManyToManyField(Tag, related_name="conversations", blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    transcript = models.ForeignKey("Transcript", models.PROTECT, null=True, blank=True, related_name="+")
    content_hash = models.CharField(max_length=64)
    # Facts, computed at import. Seconds; None when they cannot be known.
    message_count = models.PositiveIntegerField(default=0)
    agent_messages = models.PositiveIntegerField(default=0)
    customer_messages = models.PositiveIntegerField(default=0)
    agent_words = models.PositiveIntegerField(default=0)
    customer_words = models.PositiveIntegerField(default=0)
    first_response_seconds = models.PositiveIntegerField(null=True, blank=True)
    median_response_seconds = models.PositiveIntegerField(null=True, blank=True)
    longest_response_seconds = models.PositiveIntegerField(null=True, blank=True)
    duration_seconds = models.PositiveIntegerField(null=True, blank=True)
    handled_at_once = models.PositiveIntegerField(null=True, blank=True)
    reopen_count = models.PositiveIntegerField(default=0)
    imported_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-completed_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "external_id"], name="conversation_identity"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-completed_at", "-id"], name="conversation_completed"),
            models.Index(fields=["team", "-completed_at"], name="conversation_team"),
            models.Index(fields=["assignee", "-completed_at"], name="conversation_assignee"),
        ]

    def __str__(self) -> str:
        return self.external_id

    @cached_property
    def newest_ending(self) -> Completion | None:
        """Return how it ended last, with the people it kept."""
        people = ("assignee", "most_active_agent", "last_agent", "team")
        return self.completions.select_related(*people).order_by("-number").first()

    @property
    def as_it_ended(self) -> Conversation | Completion:
        """Return what tells whose it was when it last ended: its newest ending, where that kept it, else itself."""
        kept = self.newest_ending
        return kept if kept is not None and kept.people_kept_at is not None else self

    @property
    def is_erased(self) -> bool:
        """Say whether what was said is gone, because its customer was erased or its time is over."""
        return self.content_hash == ERASED


class CompletionQuerySet(models.QuerySet["Completion"]):
    """Questions about endings."""

    def visible_to(self, user: models.Model) -> CompletionQuerySet:
        """Return those of the conversations that a person may read."""
        return self.filter(conversation__in=Conversation.objects.visible_to(user))


class Completion(models.Model):
    """One ending of a conversation, the unit of sampling. A re-opened one that ends again is the next number.

    Whose it was stands on the conversation until a later import says otherwise. From then on it stands here, all four
    together, and nobody is nobody. Nothing points at an ending without need, and nobody asks for the endings of an
    agent: these columns have no index, and a table of any size gets them at once.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="completions", db_index=False)
    number = models.PositiveIntegerField(default=1)
    completed_at = models.DateTimeField()
    known_at = models.DateTimeField()
    people_kept_at = models.DateTimeField(null=True, blank=True)
    assignee = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    most_active_agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    last_agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    objects = CompletionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["conversation", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["conversation", "number"], name="completion_once")]
        indexes: ClassVar = [
            models.Index(fields=["completed_at"], name="completion_when"),
            models.Index(fields=["known_at"], name="completion_known"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.number}"


class TranscriptQuerySet(models.QuerySet["Transcript"]):
    """Questions about transcripts."""

    def visible_to(self, user: models.Model) -> TranscriptQuerySet:
        """Return those of the conversations that a person may read."""
        return self.filter(conversation__in=Conversation.objects.visible_to(user))


class Transcript(models.Model):
    """What was said, whole. A changed import makes a new one; the old stays while a review refers to it."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="transcripts", db_index=False)
    content_hash = models.CharField(max_length=64)
    # JSON text and not a JSON column: it is always read whole, kept exactly, and decoded with msgspec.
    body = models.TextField()
    message_count = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    objects = TranscriptQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["conversation", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "content_hash"], name="transcript_once"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.content_hash[:8]}"

    @cached_property
    def messages(self) -> list[Message]:
        """Return the messages in the source's order, decoded."""
        return decode(self.body)


class ParticipantQuerySet(models.QuerySet["Participant"]):
    """Questions about participants."""

    def visible_to(self, user: models.Model) -> ParticipantQuerySet:
        """Return those of the conversations that a person may read."""
        return self.filter(conversation__in=Conversation.objects.visible_to(user))


class Participant(models.Model):
    """Who wrote how much in the current transcript."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="participants", db_index=False)
    role = models.CharField(max_length=10)
    external_id = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=255, blank=True)
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="participations")
    messages = models.PositiveIntegerField(default=0)
    words = models.PositiveIntegerField(default=0)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["conversation", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "role", "external_id"], name="participant_once"),
            models.CheckConstraint(condition=Q(messages__gte=0), name="participant_messages"),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id or self.role
