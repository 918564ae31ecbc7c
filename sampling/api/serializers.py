"""How plans and draws look in the API."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api import AgentRefSerializer, PersonRefSerializer
from conversations.api import ConversationRefSerializer
from rubrics.models import Rubric
from sampling.forms import STRATA
from sampling.models import Draw, FrameStratum, Pick, Plan
from sampling.risks import CONDITIONS, LARGEST_WEIGHT, RULES, Fact
from sampling.selectors import pages
from sampling.selectors.due import drawn_periods, next_draw

LARGEST_ID = 2**63 - 1


class PopulationSerializer(serializers.Serializer[Any]):
    """Which conversations: the filters of the conversation list, by the same names."""

    channel = serializers.ListField(child=serializers.CharField(max_length=20), required=False)
    team = serializers.ListField(child=serializers.CharField(max_length=20), required=False)
    source = serializers.ListField(  # type: ignore[assignment]  # the name of the filter
        child=serializers.CharField(max_length=60), required=False
    )
    agent_id = serializers.ListField(child=serializers.CharField(max_length=20), required=False)
    tag = serializers.CharField(max_length=100, required=False, allow_blank=True)
    agent = serializers.CharField(max_length=200, required=False, allow_blank=True)
    q = serializers.CharField(max_length=200, required=False, allow_blank=True)
    csat_from = serializers.CharField(max_length=12, required=False, allow_blank=True)
    csat_to = serializers.CharField(max_length=12, required=False, allow_blank=True)
    custom = serializers.CharField(
        max_length=500, required=False, allow_blank=True,
        help_text="Custom fields: `plan = gold, amount >= 100`; a name alone asks for those that have it, `!name` not.",
    )  # fmt: skip


class ConditionSerializer(serializers.Serializer[Any]):
    """One question of a risk rule. `key` names the custom field where one is asked about."""

    fact = serializers.ChoiceField(choices=Fact.choices)
    value = serializers.CharField(max_length=200)
    key = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)


class RuleSerializer(serializers.Serializer[Any]):
    """What makes a conversation worth a look: all conditions have to hold."""

    name = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    weight = serializers.FloatField(min_value=0.1, max_value=LARGEST_WEIGHT, default=1)
    certain = serializers.BooleanField(default=False, help_text="Draw every conversation that it hits.")
    when = ConditionSerializer(many=True, min_length=1, max_length=CONDITIONS)  # type: ignore[call-arg]


class TermsSerializer(serializers.Serializer[Any]):
    """What decides how many conversations a period holds and how many are drawn."""

    population = PopulationSerializer(required=False)
    reviewee_rule = serializers.ChoiceField(choices=Plan.Reviewee.choices, default=Plan.Reviewee.ASSIGNEE)
    includes_bots = serializers.BooleanField(default=False)
    quota_kind = serializers.ChoiceField(choices=Plan.Quota.choices, default=Plan.Quota.PER_AGENT)
    quota_per_agent = serializers.IntegerField(min_value=1, max_value=500, default=3)
    quota_per_team = serializers.IntegerField(min_value=1, max_value=5000, default=20)
    quota_percent = serializers.FloatField(min_value=0.1, max_value=100, default=5)
    quota_minimum = serializers.IntegerField(min_value=1, max_value=500, default=1)
    cycle = serializers.ChoiceField(choices=Plan.Cycle.choices, default=Plan.Cycle.WEEKLY)
    time_zone = serializers.CharField(max_length=64, default="UTC")
    strata = serializers.ListField(
        child=serializers.ChoiceField(choices=STRATA), default=list, max_length=len(STRATA),
        help_text="What each agent's conversations are divided by.",
    )  # fmt: skip
    allocation = serializers.ChoiceField(choices=Plan.Allocation.choices, default=Plan.Allocation.PROPORTIONAL)
    risk_shares = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=100), min_length=3, max_length=3, default=[3, 2, 1],
        help_text="Of normal, elevated and high risk.",
    )  # fmt: skip
    risk_high_from = serializers.FloatField(min_value=0.1, max_value=1000, default=4)
    risk_rules = RuleSerializer(many=True, required=False, max_length=RULES)  # type: ignore[call-arg]
    risk_combine = serializers.ChoiceField(choices=Plan.Combine.choices, default=Plan.Combine.SUM)
    targeted_per_period = serializers.IntegerField(
        min_value=0, max_value=5000, default=0, help_text="About so many more are drawn by risk, for all agents."
    )


class NextDrawSerializer(serializers.Serializer[Any]):
    """The draw that comes next by itself, and the fingerprint of its key once that is out."""

    period = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    at = serializers.DateTimeField()
    fingerprint = serializers.CharField(allow_blank=True)


@extend_schema_field({"type": "string", "pattern": r"^\d\d:\d\d$", "example": "09:00"})
class ClockField(serializers.TimeField):
    """A time of day in the plan's zone. Not the schema's `time`, which demands a zone of its own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", **options)


class SamplingPlanSerializer(serializers.ModelSerializer[Plan]):
    """A standing order: draw this many of these conversations every period."""

    rubric = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    population = PopulationSerializer(read_only=True)
    strata = serializers.ListField(child=serializers.CharField(), read_only=True)
    risk_shares = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    risk_rules = RuleSerializer(many=True, read_only=True)
    release_time = ClockField(read_only=True)
    reviewers = serializers.SerializerMethodField()

    class Meta:
        model = Plan
        fields: tuple[str, ...] = (
            "id", "identity", "name", "status", "rubric", "population", "reviewee_rule", "includes_bots",
            "quota_kind", "quota_per_agent", "quota_per_team", "quota_percent", "quota_minimum", "strata", "allocation",
            "risk_shares", "risk_high_from", "risk_rules", "risk_combine", "targeted_per_period", "cycle", "time_zone",
            "settle_hours", "due_days", "hide_agent", "hide_score",
            "self_review", "self_review_days", "release_rule", "release_hours", "release_time",
            "starts_on", "reviewers", "created_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_reviewers(self, plan: Plan) -> list[int]:
        """Return the people who score what it draws; none means everybody who may score the team."""
        return sorted(reviewer.user_id for reviewer in plan.reviewers.all())


class SamplingPlanDetailSerializer(SamplingPlanSerializer):
    """A plan with the draw that comes next."""

    next_draw = serializers.SerializerMethodField()

    class Meta(SamplingPlanSerializer.Meta):
        fields = (*SamplingPlanSerializer.Meta.fields, "next_draw")
        read_only_fields = fields

    @extend_schema_field(NextDrawSerializer(allow_null=True))
    def get_next_draw(self, plan: Plan) -> Any:
        """Return the next draw; null when the plan rests."""
        coming = next_draw(plan, drawn_periods([plan]), timezone.now())
        if coming is None:
            return None
        key, period = pages.key_of(plan, coming.period), coming.period
        body = {
            "period": period.label, "starts_at": period.starts_at, "ends_at": period.ends_at, "at": coming.at,
            "fingerprint": key.fingerprint if key else "",
        }  # fmt: skip
        return NextDrawSerializer(body).data


class SamplingPlanEditSerializer(TermsSerializer):
    """The whole of what can be changed. Terms hold from the next period on, self_… and release_… at once."""

    name = serializers.CharField(max_length=120)
    rubric = serializers.SlugRelatedField[Any](slug_field="slug", queryset=Rubric.objects.all())
    settle_hours = serializers.IntegerField(min_value=0, max_value=336, default=24)
    due_days = serializers.IntegerField(min_value=1, max_value=90, default=7)
    hide_agent = serializers.BooleanField(default=False)
    hide_score = serializers.BooleanField(default=False)
    self_review = serializers.BooleanField(default=False)
    self_review_days = serializers.IntegerField(min_value=1, max_value=30, default=3)
    release_rule = serializers.ChoiceField(choices=Plan.Release.choices, default=Plan.Release.NOW)
    release_hours = serializers.IntegerField(min_value=1, max_value=720, default=24)
    release_time = ClockField(default=time(9))
    reviewers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), max_length=500, default=list
    )


class SamplingPlanSentSerializer(SamplingPlanEditSerializer):
    """A new plan; the period around `starts_on` is the first that is drawn by itself."""

    starts_on = serializers.DateField()


class PreviewLineSerializer(serializers.Serializer[Any]):
    """A team or an agent, and how many of their conversations ended in the period."""

    name = serializers.CharField(allow_blank=True)
    count = serializers.IntegerField()


class PreviewSerializer(serializers.Serializer[Any]):
    """The frame that a period would give, counted and not drawn."""

    period = serializers.CharField(source="period.label")
    total = serializers.IntegerField()
    agents = serializers.IntegerField()
    picks = serializers.IntegerField(help_text="Of the random pool.")
    targeted = serializers.IntegerField(help_text="About so many more by risk.")
    floor_holds = serializers.BooleanField(
        help_text="Whether the random pool is at least 2 and half of all for an agent; else agents get no average."
    )
    without_reviewee = serializers.IntegerField()
    teams = PreviewLineSerializer(many=True)
    by_agent = PreviewLineSerializer(many=True)


class DrawSerializer(serializers.ModelSerializer[Draw]):
    """One plan over one period; a voided draw stays visible with its reason."""

    plan = serializers.PrimaryKeyRelatedField[Any](read_only=True)
    plan_name = serializers.CharField(source="plan.name", read_only=True)
    rubric = serializers.SlugRelatedField[Any](source="rubric_version.rubric", slug_field="slug", read_only=True)
    rubric_version = serializers.IntegerField(source="rubric_version.number", read_only=True)
    voided_by = PersonRefSerializer(allow_null=True, read_only=True)
    standing = serializers.IntegerField(read_only=True)
    replaced = serializers.IntegerField(read_only=True)

    class Meta:
        model = Draw
        fields = (
            "id", "plan", "plan_name", "period", "starts_at", "ends_at", "time_zone", "rubric", "rubric_version",
            "fingerprint", "frame_digest", "frame_size", "picked", "standing", "replaced", "under_filled", "too_late",
            "without_reviewee", "frozen_at", "due_at", "voided_at", "voided_by", "void_reason",
        )  # fmt: skip
        read_only_fields = fields


class StratumSerializer(serializers.ModelSerializer[FrameStratum]):
    """One agent's share of a frame; the inclusion probability follows from it."""

    agent = AgentRefSerializer(read_only=True)
    inclusion_probability = serializers.FloatField(
        read_only=True, allow_null=True, help_text="Of the random pool. A pick has its pi_targeted beside it."
    )
    extra = serializers.IntegerField(read_only=True, help_text="Picks of the follow-up after coaching, for the agent.")
    spread = serializers.FloatField(
        read_only=True, allow_null=True, help_text="S_h in points, where the quota is shared by it."
    )
    targeted = serializers.FloatField(read_only=True, help_text="How many more were expected to be drawn by risk.")
    estimated_eligible = serializers.FloatField(
        read_only=True, help_text="Of the whole frame: exact when all of it was looked at, else estimated."
    )
    # A dotted source cannot name a place in a pair: it would leave the field out.
    eligible_low = serializers.SerializerMethodField(help_text="Its 95 % limits; the same number when it is exact.")
    eligible_high = serializers.SerializerMethodField()
    eligible_is_rough = serializers.BooleanField(
        read_only=True, help_text="The estimate rests on fewer than two eligible conversations."
    )

    class Meta:
        model = FrameStratum
        fields = (
            "id", "agent", "stratum", "frame_size", "quota", "extra", "spread", "targeted", "prefix", "eligible",
            "estimated_eligible", "eligible_low", "eligible_high", "eligible_is_rough", "drawn",
            "inclusion_probability",
        )  # fmt: skip
        read_only_fields = fields

    def get_eligible_low(self, stratum: FrameStratum) -> int:
        """Return the lower limit of how many are eligible."""
        return stratum.eligible_limits[0]

    def get_eligible_high(self, stratum: FrameStratum) -> int:
        """Return the upper limit."""
        return stratum.eligible_limits[1]


class PickSerializer(serializers.ModelSerializer[Pick]):
    """One conversation that was drawn."""

    agent = AgentRefSerializer(read_only=True)
    conversation = ConversationRefSerializer(read_only=True)

    class Meta:
        model = Pick
        fields = (
            "id", "agent", "conversation", "pool", "rank", "u", "u_targeted", "pi_targeted", "released_at", "dropped",
            "drop_reason",
        )  # fmt: skip
        read_only_fields = fields


class DrawNowSerializer(serializers.Serializer[Any]):
    """Which period: the one around a moment; without one, the last that is over."""

    moment = serializers.DateTimeField(required=False)


class VoidSerializer(serializers.Serializer[Any]):
    """Why a draw is taken out. The reason stays visible."""

    reason = serializers.CharField(max_length=1000)
