"""How queue items and reviews look in the API: explicit fields, and what a plan hides stays hidden."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api import AgentRefSerializer, PersonRefSerializer, TeamRefSerializer
from conversations.api import ConversationRefSerializer, MessageSerializer
from reviews.models import QueueItem, Review
from reviews.selectors.empty import CODES
from reviews.selectors.queue import QueuePage
from reviews.selectors.reasons import why_this
from reviews.skips import REASONS

LARGEST_ID = 2**63 - 1


def is_agent_hidden(row: QueueItem | Review) -> bool:
    """Say whether the plan hides the agent: from the queue, and from a draft until it is submitted."""
    item = row.item if isinstance(row, Review) else row
    judged = isinstance(row, Review) and row.status != Review.Status.DRAFT
    return not judged and bool(item.plan and item.plan.hide_agent)


class AgentShownMixin(serializers.Serializer[Any]):
    """The agent, or null while the plan hides them."""

    agent = serializers.SerializerMethodField()

    @extend_schema_field(AgentRefSerializer(allow_null=True))
    def get_agent(self, row: QueueItem | Review) -> dict[str, Any] | None:
        """Return the agent where the plan lets the reviewer know."""
        return None if is_agent_hidden(row) else {"id": row.agent.pk, "name": row.agent.name}


class QueueItemSerializer(AgentShownMixin, serializers.ModelSerializer[QueueItem]):
    """A conversation that waits to be scored."""

    conversation = ConversationRefSerializer(read_only=True)
    team = TeamRefSerializer(allow_null=True, read_only=True)
    plan = serializers.SerializerMethodField()
    why = serializers.SerializerMethodField(help_text="How it came into the queue, in a sentence.")

    class Meta:
        model = QueueItem
        fields = ("id", "status", "pool", "conversation", "agent", "team", "plan", "due_at", "claimed_until", "why")
        read_only_fields = fields

    def get_why(self, item: QueueItem) -> str:
        """Say how it came into the queue."""
        return why_this(item)

    def get_plan(self, item: QueueItem) -> str:
        """Return the name of the plan that drew it."""
        return item.plan.name if item.plan else ""


class ProgressSerializer(serializers.Serializer[Any]):
    """Done against a goal, in a week or in a cycle of a plan."""

    label = serializers.CharField()  # type: ignore[assignment]
    done = serializers.IntegerField()
    goal = serializers.IntegerField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()


class EndedDraftSerializer(serializers.Serializer[Any]):
    """A draft that is kept and can no longer be submitted: its item expired or was withdrawn."""

    review = serializers.IntegerField(source="pk")
    conversation = ConversationRefSerializer()
    status = serializers.CharField(source="item.status", help_text="expired or withdrawn")
    ended_at = serializers.DateTimeField(source="item.ended_at")


class QueueSummarySerializer(serializers.Serializer[Any]):
    """Where a reviewer stands; `why_empty` says why nothing is offered."""

    to_do = serializers.IntegerField(help_text="Counted are the first 1,000, the most urgent ones.")
    overdue = serializers.IntegerField()
    due_today = serializers.IntegerField()
    has_more = serializers.BooleanField(help_text="More waits than was counted.")
    done_this_week = serializers.IntegerField()
    minutes = serializers.IntegerField(allow_null=True)
    skips_to_check = serializers.IntegerField(help_text="Skips as not eligible that wait for a second pair of eyes.")
    goals = ProgressSerializer(many=True)
    ended = EndedDraftSerializer(many=True, help_text="Own drafts whose item ended in the last two weeks.")
    away_until = serializers.DateTimeField(allow_null=True)
    why_empty = serializers.ChoiceField(
        choices=["", *CODES], allow_blank=True, help_text="Why nothing is offered; empty while a draft waits."
    )
    why_empty_sentence = serializers.SerializerMethodField(help_text="The same in words, and what to do about it.")

    def get_why_empty_sentence(self, page: QueuePage) -> str:
        """Say in words why nothing is offered."""
        return page.empty.sentence if page.empty is not None else ""


class SkipSerializer(serializers.Serializer[Any]):
    """Why an item is put aside; the draw decides what replaces it."""

    reason = serializers.ChoiceField(choices=[(value, value) for value in REASONS])
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class ItemHandOverSerializer(serializers.Serializer[Any]):
    """Why an item is passed on; a QA manager may name to whom (the id of a log-in)."""

    reason = serializers.CharField(max_length=2000)
    to = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1, max_value=LARGEST_ID)


class TranscriptChangeSerializer(serializers.Serializer[Any]):
    """A stretch of a transcript: the same in both versions, or what went and what came in its place."""

    same = MessageSerializer(many=True)
    removed = MessageSerializer(many=True)
    added = MessageSerializer(many=True)


class ReviewSerializer(AgentShownMixin, serializers.ModelSerializer[Review]):
    """A review in a list. Scores are points from 0 to 100 as decimal text; null while there is none."""

    conversation = ConversationRefSerializer(read_only=True)
    team = TeamRefSerializer(allow_null=True, read_only=True)
    author = serializers.SerializerMethodField()
    rubric = serializers.SlugRelatedField[Any](source="rubric_version.rubric", slug_field="slug", read_only=True)
    rubric_version = serializers.IntegerField(source="rubric_version.number", read_only=True)
    raw_score = serializers.SerializerMethodField()
    final_score = serializers.SerializerMethodField()
    coverage = serializers.SerializerMethodField()
    outcome = serializers.SerializerMethodField()
    purpose = serializers.SerializerMethodField()

    class Meta:
        model = Review
        fields: tuple[str, ...] = (
            "id", "item_id", "status", "purpose", "pool", "conversation", "agent", "team", "author", "rubric",
            "rubric_version", "raw_score", "final_score", "coverage", "outcome", "created_at", "submitted_at",
            "release_at", "held_for_meeting", "self_review_until", "published_at", "read_at", "acknowledged_at",
            "reply",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(PersonRefSerializer(allow_null=True))
    def get_author(self, review: Review) -> dict[str, Any] | None:
        """Return who scored, where the reader may know."""
        shown = self.context.get("shows_author", True)
        return {"id": review.author.pk, "name": review.author.name} if shown else None

    @extend_schema_field(serializers.ChoiceField(choices=["", *QueueItem.Purpose.values], allow_blank=True))
    def get_purpose(self, review: Review) -> str:
        """Return what it is for, once it is submitted: while it is written, every seat looks like any other."""
        own = review.purpose == QueueItem.Purpose.SELF
        return review.purpose if own or review.status != Review.Status.DRAFT else ""

    def get_raw_score(self, review: Review) -> str | None:
        """Return the score before a fail of the whole card, as stored."""
        return self._score(review, "raw_score")

    def get_final_score(self, review: Review) -> str | None:
        """Return the score, as stored."""
        return self._score(review, "final_score")

    def get_coverage(self, review: Review) -> str | None:
        """Return the share of the asked weight that was scored, 0 to 1."""
        return self._score(review, "coverage")

    @extend_schema_field(serializers.ChoiceField(choices=["pass", "fail", "none"], allow_null=True))
    def get_outcome(self, review: Review) -> str | None:
        """Return whether the pass mark was reached."""
        return review.current.outcome if review.current and self.context.get("shows_answers", True) else None

    def _score(self, review: Review, name: str) -> str | None:
        value = getattr(review.current, name) if review.current and self.context.get("shows_answers", True) else None
        return None if value is None else str(value)


class PinSerializer(serializers.Serializer[Any]):
    """A message, or a range of its plain text in code points."""

    message = serializers.IntegerField(min_value=0, max_value=100_000)
    start = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    end = serializers.IntegerField(min_value=0, required=False, allow_null=True)


class AnswerSerializer(serializers.Serializer[Any]):
    """What is filled in for one criterion: an option or N/A."""

    option = serializers.CharField(max_length=80, required=False, allow_blank=True)
    not_applicable = serializers.BooleanField(required=False)
    root_cause = serializers.CharField(max_length=80, required=False, allow_blank=True)
    comment = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    text = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    pins = PinSerializer(many=True, required=False)


class MessageNoteSerializer(serializers.Serializer[Any]):
    """A comment at a message that belongs to no criterion."""

    message = serializers.IntegerField(min_value=0, max_value=100_000)
    text = serializers.CharField(max_length=10_000)


class DraftSerializer(serializers.Serializer[Any]):
    """Everything a reviewer has filled in. Answers are keyed by the criterion's lineage."""

    answers = serializers.DictField(child=AnswerSerializer(), required=False)
    notes = MessageNoteSerializer(many=True, required=False)
    summary = serializers.CharField(max_length=10_000, required=False, allow_blank=True)


class DraftSentSerializer(DraftSerializer):
    """A draft as it is sent, with the seconds of work since the last time."""

    active_seconds = serializers.IntegerField(min_value=0, max_value=86_400, required=False, default=0)


class CriterionStateSerializer(serializers.Serializer[Any]):
    """Where one criterion stands."""

    state = serializers.CharField()
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    needs = serializers.ListField(child=serializers.CharField())


class DraftStateSerializer(serializers.Serializer[Any]):
    """A draft and where it stands; the score is empty when the plan hides it. `lost` says that the hold is gone."""

    draft = DraftSerializer()
    number = serializers.IntegerField()
    lost = serializers.CharField(allow_blank=True)
    score = serializers.CharField(allow_blank=True)
    outcome = serializers.CharField(allow_blank=True)
    coverage = serializers.IntegerField()
    done = serializers.IntegerField()
    asked = serializers.IntegerField()
    progress = serializers.CharField()
    criteria = serializers.DictField(child=CriterionStateSerializer())


class ByHandSerializer(serializers.Serializer[Any]):
    """Which conversation to review by hand, and by which rubric: without one, the one used last on its channel."""

    conversation = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    rubric = serializers.SlugField(max_length=80, required=False)


class ReplySerializer(serializers.Serializer[Any]):
    """An optional answer to the reviewer."""

    reply = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class RemarkSerializer(serializers.Serializer[Any]):
    """What is asked, or answered."""

    text = serializers.CharField(max_length=5000)


class CountSerializer(serializers.Serializer[Any]):
    """How many."""

    count = serializers.IntegerField()


class NewsSerializer(serializers.Serializer[Any]):
    """What happened to the rubric (`retired`) or the conversation (`imported`) while the draft is written."""

    subject = serializers.ChoiceField(choices=["retired", "imported"])
    sentence = serializers.CharField()


class HoldSerializer(serializers.Serializer[Any]):
    """Whether the item is still held, the sentence being empty when it is, and what happened meanwhile."""

    lost = serializers.CharField(allow_blank=True)
    news = NewsSerializer(many=True)
