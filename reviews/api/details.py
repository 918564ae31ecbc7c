"""How one review looks in the API when it is explained: each answer, what changed, and what others saw in it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api import PersonRefSerializer
from reviews.api.serializers import ReviewSerializer
from reviews.models import Review, Revision


class QuoteSerializer(serializers.Serializer[Any]):
    """The words of a message that an answer rests on."""

    index = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)


class LineSerializer(serializers.Serializer[Any]):
    """One criterion: what was answered, what it was worth, what was said about it and where it shows."""

    criterion = serializers.CharField(source="criterion.lineage")
    name = serializers.CharField(source="criterion.name")
    section = serializers.CharField()
    state = serializers.CharField()
    answer = serializers.CharField(allow_blank=True)
    share = serializers.DecimalField(max_digits=None, decimal_places=4)
    points = serializers.DecimalField(max_digits=None, decimal_places=4)
    zeroed_by = serializers.CharField(allow_blank=True)
    cause = serializers.CharField(allow_blank=True)
    comments = serializers.ListField(child=serializers.CharField(allow_blank=True))
    quotes = QuoteSerializer(many=True)


class GapSerializer(serializers.Serializer[Any]):
    """One criterion as its agent scored it, beside the review; `points` is how many more the agent gave."""

    criterion = serializers.CharField()
    name = serializers.CharField()
    own = serializers.CharField()
    theirs = serializers.CharField()
    points = serializers.DecimalField(max_digits=None, decimal_places=4, allow_null=True)
    comments = serializers.ListField(child=serializers.CharField(allow_blank=True))


class SelfLookSerializer(serializers.Serializer[Any]):
    """How an agent scored the own conversation before seeing the review, and the gap per criterion."""

    review_id = serializers.IntegerField(source="review.pk")
    sentence = serializers.CharField()
    gaps = GapSerializer(many=True)


class SaidSerializer(serializers.Serializer[Any]):
    """One question of the agent, or an answer to it."""

    name = serializers.CharField()
    is_question = serializers.BooleanField()
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class ChangedSerializer(serializers.Serializer[Any]):
    """One criterion that is answered otherwise."""

    name = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class StepSerializer(serializers.Serializer[Any]):
    """One revision after the first: who made it and why, the score before and after, and each answer it changed."""

    number = serializers.IntegerField(source="revision.number")
    created_at = serializers.DateTimeField(source="revision.created_at")
    author = serializers.SerializerMethodField()
    reason = serializers.CharField(source="revision.reason", allow_blank=True)
    score_before = serializers.DecimalField(
        source="before.final_score", max_digits=7, decimal_places=4, allow_null=True
    )
    score_after = serializers.DecimalField(
        source="revision.final_score", max_digits=7, decimal_places=4, allow_null=True
    )
    outcome = serializers.ChoiceField(source="revision.outcome", choices=Revision.Outcome.values)
    answers = ChangedSerializer(many=True)

    @extend_schema_field(PersonRefSerializer(allow_null=True))
    def get_author(self, step: Any) -> dict[str, Any] | None:
        """Return who changed it, where the reader may know."""
        return PersonRefSerializer(step.revision.author).data if self.context.get("shows_author", True) else None


class LookSerializer(serializers.Serializer[Any]):
    """A second reader's blind look at the same conversation: their score, and each answer that differs."""

    review_id = serializers.IntegerField(source="review.pk")
    author = PersonRefSerializer(source="review.author")
    final_score = serializers.DecimalField(
        source="review.current.final_score", max_digits=7, decimal_places=4, allow_null=True
    )
    outcome = serializers.ChoiceField(source="review.current.outcome", choices=Revision.Outcome.values)
    answers = ChangedSerializer(many=True)


class ReviewDetailSerializer(ReviewSerializer):
    """A review explained down to each answer; `lines` is null while the reader still owes an own review."""

    lines = serializers.SerializerMethodField()
    summary = serializers.SerializerMethodField()
    self_review = serializers.SerializerMethodField()
    thread = serializers.SerializerMethodField()
    pass_mark = serializers.SerializerMethodField()
    revisions = serializers.SerializerMethodField()
    second_reads = serializers.SerializerMethodField()
    return_note = serializers.SerializerMethodField()
    void_reason = serializers.SerializerMethodField()

    class Meta(ReviewSerializer.Meta):
        fields = (
            *ReviewSerializer.Meta.fields, "lines", "summary", "self_review", "thread", "pass_mark", "revisions",
            "second_reads", "return_note", "voided_at", "void_reason",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(LineSerializer(many=True, allow_null=True))
    def get_lines(self, review: Review) -> list[Any] | None:
        """Return each criterion."""
        explained = self.context.get("explained")
        return list(LineSerializer(explained.lines, many=True).data) if explained else None

    @extend_schema_field(SelfLookSerializer(allow_null=True))
    def get_self_review(self, review: Review) -> Any:
        """Return how the agent saw it, once the review is out; null when they did not say."""
        look = self.context.get("self_look")
        return SelfLookSerializer(look).data if look else None

    @extend_schema_field(SaidSerializer(many=True, allow_null=True))
    def get_thread(self, review: Review) -> list[Any] | None:
        """Return what was asked and answered, oldest first; null for whoever does not read it."""
        thread = self.context.get("thread")
        return list(SaidSerializer(thread.said, many=True).data) if thread else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_summary(self, review: Review) -> list[str]:
        """Return what was said about the whole."""
        explained = self.context.get("explained")
        return explained.summary if explained else []

    @extend_schema_field(serializers.DecimalField(max_digits=7, decimal_places=4, allow_null=True))
    def get_pass_mark(self, review: Review) -> str | None:
        """Return from which score on the review passes; null without a pass mark."""
        explained = self.context.get("explained")
        return str(explained.pass_mark) if explained and explained.pass_mark is not None else None

    @extend_schema_field(StepSerializer(many=True))
    def get_revisions(self, review: Review) -> list[Any]:
        """Return what changed since it was first submitted, newest first."""
        return list(StepSerializer(self.context.get("changes", []), many=True, context=self.context).data)

    @extend_schema_field(LookSerializer(many=True))
    def get_second_reads(self, review: Review) -> list[Any]:
        """Return what the second reader answered, for those who may read it."""
        return list(LookSerializer(self.context.get("beside", []), many=True).data)

    def get_return_note(self, review: Review) -> str:
        """Return why the second reader sent it back, while its author has not changed it."""
        is_back = review.status == Review.Status.SUBMITTED and review.returned_at is not None
        return review.return_note if is_back and self.context.get("shows_notes") else ""

    def get_void_reason(self, review: Review) -> str:
        """Return why it was voided."""
        return review.void_reason if self.context.get("shows_notes") else ""
