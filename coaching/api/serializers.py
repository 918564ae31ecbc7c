"""How coaching plans look in the API: the agent reads less than those who coach."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api import AgentRefSerializer, PersonRefSerializer, TeamRefSerializer
from accounts.models import Agent
from coaching import words
from coaching.models import Action, Plan
from coaching.services.plans import DECLINE_REASONS
from rubrics.models import Skill


class ActionSerializer(serializers.ModelSerializer[Action]):
    """One thing to do: the agent says it is done, the supervisor confirms."""

    class Meta:
        model = Action
        fields = ("id", "kind", "text", "due_on", "done_at", "confirmed_at")
        read_only_fields = fields


class CoachingPlanSerializer(serializers.ModelSerializer[Plan]):
    """One skill of one agent to work on. Levels are points from 0 to 100."""

    agent = AgentRefSerializer(read_only=True)
    team = TeamRefSerializer(allow_null=True, read_only=True)
    skill = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    owner = PersonRefSerializer(allow_null=True, read_only=True)
    actions_total = serializers.IntegerField(read_only=True)
    actions_done = serializers.IntegerField(read_only=True)

    class Meta:
        model = Plan
        fields: tuple[str, ...] = (
            "id", "agent", "team", "skill", "status", "owner", "baseline_mean", "baseline_low", "baseline_high",
            "baseline_n", "target", "follow_up_on", "proposed_at", "decided_at", "shared_at", "read_at", "closed_at",
            "actions_total", "actions_done",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class PinnedSerializer(serializers.Serializer[Any]):
    """The words of a message."""

    index = serializers.IntegerField()
    text = serializers.CharField(allow_blank=True)


class EvidenceSerializer(serializers.Serializer[Any]):
    """One answer that speaks for the plan, at the very messages."""

    review = serializers.IntegerField(source="evidence.review_id")
    criterion = serializers.CharField()
    answer = serializers.CharField()
    lost_points = serializers.FloatField(source="evidence.lost_points")
    comments = serializers.ListField(child=serializers.CharField())
    quotes = PinnedSerializer(many=True)


class CoachingPlanDetailSerializer(CoachingPlanSerializer):
    """A plan with what it rests on. The ETag names the state that an edit is made from."""

    why = serializers.SerializerMethodField()
    standing = serializers.SerializerMethodField()
    focus = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()
    evidence = serializers.SerializerMethodField()
    declined_because = serializers.SerializerMethodField()

    class Meta(CoachingPlanSerializer.Meta):
        fields = (
            *CoachingPlanSerializer.Meta.fields,
            "why", "standing", "focus", "actions", "evidence", "declined_because",
        )  # fmt: skip
        read_only_fields = fields

    def get_why(self, plan: Plan) -> str:
        """Say why this plan, to whoever reads."""
        return words.why_to_agent(plan) if self.context["is_agent"] else words.why(plan)

    def get_standing(self, plan: Plan) -> str:
        """Say where it stands; for those who coach."""
        return "" if self.context["is_agent"] else words.standing(plan)

    def get_focus(self, plan: Plan) -> list[str]:
        """Return the points to work on."""
        return [line for line in plan.focus.splitlines() if line.strip()]

    @extend_schema_field(ActionSerializer(many=True))
    def get_actions(self, plan: Plan) -> Any:
        """Return what is to be done, in order."""
        return ActionSerializer(plan.actions.all(), many=True).data

    @extend_schema_field(EvidenceSerializer(many=True))
    def get_evidence(self, plan: Plan) -> Any:
        """Return the answers that the plan rests on."""
        return EvidenceSerializer(self.context["page"].evidence, many=True).data

    def get_declined_because(self, plan: Plan) -> str:
        """Say why it was declined; the agent never hears of it."""
        return "" if self.context["is_agent"] else words.declined_because(plan)


class AgentInReach(serializers.PrimaryKeyRelatedField[Agent]):
    """An agent whose record the person may open."""

    def get_queryset(self) -> QuerySet[Agent]:
        """Return the agents within reach."""
        return Agent.objects.visible_to(self.context["request"].user)


class StartSerializer(serializers.Serializer[Any]):
    """A plan started by hand. Without a focus: the library's points for this skill."""

    agent = AgentInReach(queryset=Agent.objects.all())
    skill = serializers.SlugRelatedField[Any](slug_field="slug", queryset=Skill.objects.all())
    focus = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class DeclineSerializer(serializers.Serializer[Any]):
    """Why a proposal is declined."""

    reason = serializers.ChoiceField(choices=[(value, value) for value in DECLINE_REASONS])
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class ActionEditSerializer(serializers.Serializer[Any]):
    """An action to keep (with its id), or a new one."""

    id = serializers.IntegerField(required=False, allow_null=True, default=None)
    kind = serializers.ChoiceField(choices=Action.Kind.choices)
    text = serializers.CharField(max_length=1000)
    due_on = serializers.DateField(required=False, allow_null=True, default=None)


class CoachingPlanEditSerializer(serializers.Serializer[Any]):
    """The whole of what can be changed; actions that are left out go, unless they are done."""

    focus = serializers.CharField(max_length=4000, allow_blank=True)
    follow_up_on = serializers.DateField(allow_null=True)
    actions = serializers.ListField(child=ActionEditSerializer(), max_length=30)


class TickSerializer(serializers.Serializer[Any]):
    """Done, or not done after all."""

    done = serializers.BooleanField(default=True)
