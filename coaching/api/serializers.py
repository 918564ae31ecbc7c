"""How coaching plans look in the API: the agent reads less than those who coach."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api import AgentRefSerializer, PersonRefSerializer, TeamRefSerializer
from coaching import words
from coaching.api.basis import BasisSerializer
from coaching.api.outcome_serializers import FollowUpSerializer, OutcomeSerializer
from coaching.models import Action, Plan, Remark
from coaching.selectors import bases
from coaching.selectors.bases import Basis
from core.api.points import InKnownPoints


class ActionSerializer(serializers.ModelSerializer[Action]):
    """One thing to do: the agent says it is done, the supervisor confirms. Empty: no link, no knowledge check."""

    link = serializers.CharField(read_only=True, allow_blank=True)

    class Meta:
        model = Action
        fields = ("id", "kind", "text", "link", "check_key", "due_on", "done_at", "confirmed_at")
        read_only_fields = fields


class CoachingPlanSerializer(InKnownPoints, serializers.ModelSerializer[Plan]):
    """One skill of one agent to work on. Levels are points from 0 to 100."""

    known_by: ClassVar[dict[str, str]] = dict.fromkeys(("baseline_mean", "baseline_low", "baseline_high"), "baseline_n")

    agent = AgentRefSerializer(read_only=True)
    team = TeamRefSerializer(allow_null=True, read_only=True)
    skill = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    owner = PersonRefSerializer(allow_null=True, read_only=True)
    actions_total = serializers.IntegerField(read_only=True)
    actions_done = serializers.IntegerField(read_only=True)
    baseline_rests_on = serializers.SerializerMethodField()

    class Meta:
        model = Plan
        fields: tuple[str, ...] = (
            "id", "agent", "team", "skill", "status", "owner", "baseline_mean", "baseline_low", "baseline_high",
            "baseline_n", "baseline_rests_on", "target", "follow_up_on", "proposed_at", "decided_at", "shared_at",
            "read_at", "closed_at", "actions_total", "actions_done",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(BasisSerializer(allow_null=True))
    def get_baseline_rests_on(self, plan: Plan) -> Any:
        """Return what the baseline rests on; null for a plan that began without one."""
        found = self._bases.get(plan.pk)
        return BasisSerializer(found).data if found else None

    @cached_property
    def _bases(self) -> dict[int, Basis]:
        """Read what the baselines of all the plans that are shown rest on, at once."""
        shown = self.instance if self.parent is None else self.parent.instance
        return bases.of_plans([shown] if isinstance(shown, Plan) else list(shown or ()), now=timezone.now())


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


class RemarkSerializer(serializers.ModelSerializer[Remark]):
    """What somebody said about a plan; both sides read it."""

    author = PersonRefSerializer(allow_null=True, read_only=True)

    class Meta:
        model = Remark
        fields = ("id", "kind", "reason", "text", "action", "author", "created_at")
        read_only_fields = fields


class CoachingPlanDetailSerializer(CoachingPlanSerializer):
    """A plan with what it rests on. The ETag names the state that an edit is made from."""

    why = serializers.SerializerMethodField()
    standing = serializers.SerializerMethodField()
    focus = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()
    evidence = serializers.SerializerMethodField()
    declined_because = serializers.SerializerMethodField()
    outcome = serializers.SerializerMethodField()
    follow_up = serializers.SerializerMethodField()
    closed_because = serializers.SerializerMethodField()
    remarks = serializers.SerializerMethodField()
    is_paused = serializers.SerializerMethodField()
    agenda = serializers.SerializerMethodField()

    class Meta(CoachingPlanSerializer.Meta):
        fields = (
            *CoachingPlanSerializer.Meta.fields,
            "follow_up_quota", "why", "standing", "focus", "actions", "evidence", "declined_because", "outcome",
            "follow_up", "closed_because", "remarks", "is_paused", "agenda",
        )  # fmt: skip
        read_only_fields = fields

    def get_why(self, plan: Plan) -> str:
        """Say why this plan, to whoever reads."""
        return words.why_to_agent(plan) if self.context["is_agent"] else words.why(plan)

    def get_standing(self, plan: Plan) -> str:
        """Say where it stands; for those who coach."""
        return "" if self.context["is_agent"] else str(self.context["page"].standing)

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

    def get_is_paused(self, plan: Plan) -> bool:
        """Say whether the plan pauses because a review behind it is disputed."""
        return bool(self.context["page"].is_paused)

    def get_agenda(self, plan: Plan) -> list[str]:
        """Return the points of a first 1:1, until one is arranged; for those who coach."""
        return [] if self.context["is_agent"] else list(self.context["page"].agenda)

    def get_closed_because(self, plan: Plan) -> str:
        """Say why it was closed."""
        return words.closed_because(plan)

    @extend_schema_field(RemarkSerializer(many=True))
    def get_remarks(self, plan: Plan) -> Any:
        """Return what was said, oldest first."""
        return RemarkSerializer(self.context["page"].remarks, many=True).data

    @extend_schema_field(OutcomeSerializer(allow_null=True))
    def get_outcome(self, plan: Plan) -> Any:
        """Return what the newest follow-up showed, or null while nothing was measured."""
        shown = self.context["page"].outcome
        return OutcomeSerializer(shown.outcome).data if shown else None

    @extend_schema_field(FollowUpSerializer(allow_null=True))
    def get_follow_up(self, plan: Plan) -> Any:
        """Return how far the follow-up is, or null before the plan is shared."""
        follow_up = self.context["page"].follow_up
        return FollowUpSerializer(follow_up).data if follow_up else None
