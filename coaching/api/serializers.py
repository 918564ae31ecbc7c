"""How coaching plans look in the API: the agent reads less than those who coach."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api import AgentRefSerializer, PersonRefSerializer, TeamRefSerializer
from accounts.models import Agent
from coaching import outcome_words, words
from coaching.forms import MOST_FOLLOW_UP
from coaching.models import Action, Outcome, PastOutcome, Plan
from coaching.services.plans import DECLINE_REASONS
from rubrics.models import Skill

# What may be shown only with the three parts, and what not at all below the least numbers of reviews.
BEYOND = ("expected_by_chance", "shift", "effect", "se", "low", "high", "further")
CHANGE = ("observed", "pre_mean", "post_mean")


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


class OutcomeSerializer(serializers.ModelSerializer[Outcome]):
    """A measured outcome: observed = expected_by_chance + shift + effect, in points; low and high: its 95 % limits.

    shown says how much of it may be shown: full, observed_only (it includes chance) or none; numbers that may not be
    shown are null.
    """

    sentence = serializers.SerializerMethodField()
    settling = serializers.SerializerMethodField()

    class Meta:
        model = Outcome
        fields: tuple[str, ...] = (
            "number", "verdict", "shown", "reason", "sentence", "settling", "baseline_first_week",
            "baseline_last_week", "first_week", "last_week", "measured_at", "pre_n", "pre_mean", "post_n", "post_mean",
            "peers", "observed", "expected_by_chance", "shift", "effect", "se", "low", "high", "further",
            "further_reason",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields

    def to_representation(self, instance: Outcome) -> dict[str, Any]:
        """Leave out what the data do not allow to be shown."""
        shown = super().to_representation(instance)
        hidden = {Outcome.Shown.FULL: (), Outcome.Shown.OBSERVED: BEYOND, Outcome.Shown.NONE: (*BEYOND, *CHANGE)}
        for name in hidden[Outcome.Shown(instance.shown)]:
            shown[name] = None
        return shown

    def get_sentence(self, outcome: Outcome) -> str:
        """Say the outcome in its three parts."""
        return outcome_words.sentence(outcome)

    def get_settling(self, outcome: Outcome) -> str:
        """Say how many more reviews would settle it, or that none can."""
        return outcome_words.settling(outcome)


class PastOutcomeSerializer(serializers.ModelSerializer[PastOutcome]):
    """What an outcome said before it was measured again."""

    class Meta:
        model = PastOutcome
        fields = ("number", "verdict", "measured_at", "replaced_at", "figures")
        read_only_fields = fields


class OutcomeInputsSerializer(serializers.Serializer[Any]):
    """What an outcome was worked out from, without names.

    agents: one list an agent, the plan's own first: part (0 own, 1 coached, 2 peer, 3 baseline only), then n, Σy and
    Σy² before and after, y in 10⁻⁴ points. covers: the baseline holds all that the plan was begun for.
    """

    covers = serializers.BooleanField()
    agents = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class OutcomeDetailSerializer(OutcomeSerializer):
    """An outcome with everything that its formula needs, and what it said before."""

    inputs = OutcomeInputsSerializer(read_only=True)
    past = PastOutcomeSerializer(many=True, read_only=True)

    class Meta(OutcomeSerializer.Meta):
        fields = (
            *OutcomeSerializer.Meta.fields,
            "level", "sigma2", "omega2", "baseline_variance", "level_factor", "shift_variance", "inputs", "past",
        )  # fmt: skip
        read_only_fields = fields


class FollowUpSerializer(serializers.Serializer[Any]):
    """The follow-up: its days, and of the conversations drawn how many are reviewed."""

    first_day = serializers.DateField(source="first")
    last_day = serializers.DateField(source="last")
    measured_latest_on = serializers.DateField(source="latest")
    drawn = serializers.IntegerField(source="progress.drawn")
    reviewed = serializers.IntegerField(source="progress.reviewed")
    drawn_from = serializers.IntegerField(source="progress.frame")


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

    class Meta(CoachingPlanSerializer.Meta):
        fields = (
            *CoachingPlanSerializer.Meta.fields,
            "follow_up_quota", "why", "standing", "focus", "actions", "evidence", "declined_because", "outcome",
            "follow_up",
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
    follow_up_quota = serializers.IntegerField(
        min_value=0, max_value=MOST_FOLLOW_UP, required=False, allow_null=True, default=None
    )


class ExtendSerializer(serializers.Serializer[Any]):
    """By how many weeks the follow-up is put off."""

    weeks = serializers.IntegerField(min_value=1, max_value=26, default=4)


class TickSerializer(serializers.Serializer[Any]):
    """Done, or not done after all."""

    done = serializers.BooleanField(default=True)
