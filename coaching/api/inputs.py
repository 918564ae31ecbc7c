"""What scripts send about coaching plans."""

from __future__ import annotations

from typing import Any

from django.core.validators import URLValidator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Agent, User
from coaching import words
from coaching.forms import MOST_FOLLOW_UP
from coaching.models import Action, Plan, Remark
from coaching.services.plans import DECLINE_REASONS
from core.refusals import Refusal
from rubrics.models import Skill

WEB_ADDRESS = URLValidator(schemes=["http", "https"])


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


class CloseSerializer(serializers.Serializer[Any]):
    """Why a plan is closed."""

    reason = serializers.ChoiceField(choices=[(value, value) for value in words.CLOSED_BECAUSE])
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class ChosenPlansSerializer(serializers.Serializer[Any]):
    """The proposals to accept, by their ids."""

    ids = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), max_length=100)


class RefusedPlanSerializer(serializers.Serializer[Any]):
    """A plan that was not accepted, and why."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    sentence = serializers.CharField()


class ChosenPlansAnswerSerializer(serializers.Serializer[Any]):
    """Which plans are accepted now, and why others are not."""

    accepted = serializers.ListField(child=serializers.IntegerField())
    refused = RefusedPlanSerializer(many=True)


def answer_of(ids: list[int], answers: list[tuple[Plan, Refusal | None]]) -> dict[str, Any]:
    """Return what ChosenPlansAnswerSerializer shows; what is out of reach is as if it did not exist."""
    unknown = [
        {"id": pk, "code": "not_your_team", "sentence": _("There is no such plan in a team that you coach.")}
        for pk in dict.fromkeys(ids)
        if pk not in {plan.pk for plan, _refusal in answers}
    ]
    refused = [
        {"id": plan.pk, "code": refusal.code, "sentence": str(refusal.sentence)}
        for plan, refusal in answers
        if refusal is not None
    ]
    return {"accepted": [plan.pk for plan, refusal in answers if refusal is None], "refused": [*refused, *unknown]}


class CoachOf(serializers.PrimaryKeyRelatedField[User]):
    """A person who may take the plan over."""

    def get_queryset(self) -> QuerySet[User]:
        """Return those who coach the plan's team."""
        people: QuerySet[User] = self.context["people"]
        return people


class HandOverSerializer(serializers.Serializer[Any]):
    """Who goes on with a plan."""

    to = CoachOf(queryset=User.objects.none())


class ActionOfPlan(serializers.PrimaryKeyRelatedField[Action]):
    """One of the plan's actions."""

    def get_queryset(self) -> QuerySet[Action]:
        """Return the plan's own."""
        plan: Plan = self.context["plan"]
        return plan.actions.all()


class RemarkInputSerializer(serializers.Serializer[Any]):
    """What is said. "not_helpful" takes a reason and needs no words; the others need words."""

    kind = serializers.ChoiceField(choices=Remark.Kind.choices, default=Remark.Kind.COMMENT)
    text = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    action = ActionOfPlan(queryset=Action.objects.none(), required=False, allow_null=True, default=None)
    reason = serializers.ChoiceField(
        choices=[(value, value) for value in words.NOT_HELPFUL_BECAUSE], required=False, allow_blank=True, default=""
    )


class ActionEditSerializer(serializers.Serializer[Any]):
    """An action to keep (with its id), or a new one."""

    id = serializers.IntegerField(required=False, allow_null=True, default=None)
    kind = serializers.ChoiceField(choices=Action.Kind.choices)
    text = serializers.CharField(max_length=1000)
    due_on = serializers.DateField(required=False, allow_null=True, default=None)
    link = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        default="",
        validators=[URLValidator(schemes=["http", "https"])],
    )
    check_key = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


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
