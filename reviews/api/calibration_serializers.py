"""What the API says of calibration sessions. Of answers it says nothing before they are revealed."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api import PersonRefSerializer, TeamRefSerializer
from conversations.api import ConversationRefSerializer
from core.refusals import Refusal
from reviews.models import CalibrationSession
from reviews.policies.calibrating import LONGEST_TITLE, MOST_CONVERSATIONS, MOST_PEOPLE
from reviews.selectors.calibration import LONGEST

LARGEST_ID = 2**63 - 1


class CalibrationSessionSentSerializer(serializers.Serializer[Any]):
    """What a session is to be; `rubric` is used in its published version."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    draw = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    team = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False, allow_null=True, default=None)
    rubric = serializers.SlugField(max_length=80)
    number = serializers.IntegerField(min_value=1, max_value=MOST_CONVERSATIONS)
    due_at = serializers.DateTimeField()
    people = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), min_length=2, max_length=MOST_PEOPLE
    )


class CalibrationSessionSerializer(serializers.ModelSerializer[CalibrationSession]):
    """A session in a list: `seats` are the scores that were asked for, `scored` those that are in."""

    plan = serializers.IntegerField(source="draw.plan_id", read_only=True)
    period = serializers.CharField(source="draw.period", read_only=True)
    rubric = serializers.SlugField(source="rubric_version.rubric.slug", read_only=True)
    version = serializers.IntegerField(source="rubric_version.number", read_only=True)
    team = TeamRefSerializer(allow_null=True, read_only=True)
    seats = serializers.IntegerField(read_only=True)
    scored = serializers.IntegerField(read_only=True)

    class Meta:
        model = CalibrationSession
        fields: tuple[str, ...] = (
            "id", "title", "status", "draw_id", "plan", "period", "team", "rubric", "version", "number", "due_at",
            "frame_size", "seats", "scored", "created_at", "started_at", "revealed_at", "resolved_at", "closed_at",
            "cancelled_at", "cancel_reason",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class GwetSerializer(serializers.Serializer[Any]):
    """AC1, or AC2 where answers are ordered, with its 95 % interval."""

    coefficient = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(help_text="Conversations with two blind scores.")
    low = serializers.FloatField(source="lo", allow_null=True)
    high = serializers.FloatField(source="hi", allow_null=True)
    reason = serializers.CharField(allow_null=True)


class AgreementLineSerializer(serializers.Serializer[Any]):
    """Agreement on one criterion or on the total; what so few conversations cannot say is null, with the reason."""

    key = serializers.CharField(help_text="The criterion's lineage, or total.")
    name = serializers.CharField()
    n = serializers.IntegerField(help_text="Conversations with two blind scores.")
    exact = serializers.FloatField(allow_null=True, help_text="Share of pairs that agree, 0 to 1.")
    exact_low = serializers.FloatField(source="exact_limits.lo", allow_null=True)
    exact_high = serializers.FloatField(source="exact_limits.hi", allow_null=True)
    within = serializers.FloatField(allow_null=True, help_text="Share within five points, for the total.")
    within_low = serializers.FloatField(source="within_limits.lo", allow_null=True)
    within_high = serializers.FloatField(source="within_limits.hi", allow_null=True)
    alpha = serializers.FloatField(allow_null=True, help_text="Krippendorff's alpha.")
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    is_rough = serializers.BooleanField()
    word = serializers.CharField(allow_blank=True, help_text="By the lower limit of alpha.")
    gwet = GwetSerializer(allow_null=True, help_text="Where one answer holds more than four fifths of the ratings.")
    reason = serializers.CharField(allow_blank=True)


class DeviationSerializer(serializers.Serializer[Any]):
    """How far somebody's totals lie from the agreed ones: bias and its 95 % limits in points, + = lenient."""

    n = serializers.IntegerField()
    bias = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    mad = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class CalibratedPersonSerializer(serializers.Serializer[Any]):
    """How far one participant is; `missed` counts what ended unscored: expired, skipped or withdrawn."""

    user = PersonRefSerializer()
    given = serializers.IntegerField()
    done = serializers.IntegerField()
    missed = serializers.DictField(child=serializers.IntegerField())
    same = serializers.IntegerField(help_text="Answers that are the agreed ones.")
    compared = serializers.IntegerField(help_text="Answers that have an agreed one.")
    deviation = DeviationSerializer(allow_null=True)


class CalibratedRowSerializer(serializers.Serializer[Any]):
    """One conversation of a session; `number` is its place in the address."""

    number = serializers.IntegerField()
    conversation = ConversationRefSerializer(source="unit.conversation")
    seats = serializers.IntegerField()
    scored = serializers.IntegerField()
    differs = serializers.IntegerField(help_text="Criteria that people answered differently.")
    criteria = serializers.IntegerField()
    is_agreed = serializers.BooleanField()
    agreed_score = serializers.DecimalField(max_digits=7, decimal_places=4, allow_null=True)


class CalibrationSessionDetailSerializer(CalibrationSessionSerializer):
    """A session with its people, and once it is revealed its conversations and how far they agree."""

    people = serializers.SerializerMethodField()
    conversations = serializers.SerializerMethodField()
    agreement = serializers.SerializerMethodField()
    why_not = serializers.SerializerMethodField()

    class Meta(CalibrationSessionSerializer.Meta):
        fields = (*CalibrationSessionSerializer.Meta.fields, "people", "conversations", "agreement", "why_not")
        read_only_fields = fields

    @extend_schema_field(CalibratedPersonSerializer(many=True))
    def get_people(self, session: CalibrationSession) -> list[Any]:
        """Return who scores and how far they are."""
        return list(CalibratedPersonSerializer(self.context["page"].people, many=True).data)

    @extend_schema_field(CalibratedRowSerializer(many=True))
    def get_conversations(self, session: CalibrationSession) -> list[Any]:
        """Return the conversations, once the session is revealed."""
        units = self.context["page"].units if session.is_shown else []
        return list(CalibratedRowSerializer(units, many=True).data)

    @extend_schema_field(AgreementLineSerializer(many=True))
    def get_agreement(self, session: CalibrationSession) -> list[Any]:
        """Return how far people agree: the total first, then each criterion; empty before the reveal."""
        page = self.context["page"]
        return list(AgreementLineSerializer([page.total, *page.lines] if page.total else [], many=True).data)

    @extend_schema_field(serializers.DictField(child=serializers.CharField(allow_null=True)))
    def get_why_not(self, session: CalibrationSession) -> dict[str, str | None]:
        """Return for each step why the caller may not take it now; null where they may."""
        found: dict[str, Refusal | None] = self.context["page"].why_not
        return {name: str(refusal.sentence) if refusal else None for name, refusal in found.items()}


class BlindScoreSerializer(serializers.Serializer[Any]):
    """One person's answer to one criterion, with what they wrote; `answer` is a label."""

    user = PersonRefSerializer()
    answer = serializers.CharField()
    comments = serializers.ListField(child=serializers.CharField())
    messages = serializers.ListField(child=serializers.IntegerField(), help_text="Pinned messages, from 0.")


class CalibratedCriterionSerializer(serializers.Serializer[Any]):
    """One criterion: who chose what, and what stands once it is agreed."""

    criterion = serializers.CharField(source="criterion.lineage")
    name = serializers.CharField(source="criterion.name")
    differs = serializers.BooleanField()
    scores = serializers.SerializerMethodField()
    agreed = serializers.CharField(source="answer", allow_blank=True)
    rationale = serializers.SerializerMethodField()

    @extend_schema_field(BlindScoreSerializer(many=True))
    def get_scores(self, row: Any) -> list[dict[str, Any]]:
        """Return everybody's answer who was asked."""
        return [
            {
                "user": PersonRefSerializer(column.user).data,
                "answer": line.answer,
                "comments": line.comments,
                "messages": [quote.index for quote in line.quotes],
            }
            for column, line in row.cells
            if line is not None
        ]

    def get_rationale(self, row: Any) -> str:
        """Return why the agreed answer stands."""
        return row.agreed.rationale if row.agreed else ""


class CalibratedConversationSerializer(serializers.Serializer[Any]):
    """One conversation with everybody's answers."""

    number = serializers.IntegerField()
    conversation = ConversationRefSerializer(source="unit.conversation")
    criteria = CalibratedCriterionSerializer(source="rows", many=True)
    agreed_score = serializers.DecimalField(max_digits=7, decimal_places=4, allow_null=True)
    absent = PersonRefSerializer(many=True)


class CalibrationReplaySerializer(serializers.Serializer[Any]):
    """Whether the same conversations come out in the same order; `differs` is the first place that does not."""

    is_same = serializers.BooleanField()
    looked_at = serializers.IntegerField()
    differs = serializers.IntegerField(allow_null=True)


class AgreedAnswerSerializer(serializers.Serializer[Any]):
    """What stands for one criterion, an option or N/A, and why; the reason may be left out where all agreed."""

    criterion = serializers.CharField(max_length=80)
    rationale = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")
    option = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    not_applicable = serializers.BooleanField(required=False, default=False)


class AgreedAnswersSerializer(serializers.Serializer[Any]):
    """An answer for every criterion of one conversation."""

    answers = AgreedAnswerSerializer(many=True, max_length=500)  # type: ignore[call-arg]  # many takes it
