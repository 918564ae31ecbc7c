"""The API of growth: an agent's skills against the next level, and what each level expects."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import AgentRefSerializer
from accounts.models import Agent, User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from coaching.api.basis import BasisSerializer
from coaching.filters import GrowthFilter
from coaching.growth import LEVELS, STANDINGS
from coaching.models import Expectation
from coaching.selectors.growth import expectations, fingerprint, growth
from coaching.selectors.team_growth import side_by_side
from coaching.services import expectations as service
from core.api import etags
from core.api.points import InKnownPoints
from core.refusals import Refused

BOTH = (Permission.COACH, Permission.WORK_ON_OWN_PLAN)


class LostAnswerSerializer(serializers.Serializer[Any]):
    """An answer that lost points on the skill."""

    review = serializers.IntegerField(source="revision.review_id")
    criterion = serializers.CharField(source="criterion.name")
    answer = serializers.CharField(source="option.label", default="")


class SkillStepSerializer(InKnownPoints):
    """One skill against what the next level expects, in points."""

    known_by: ClassVar[dict[str, str]] = dict.fromkeys(("level", "low", "high"), "n")

    skill = serializers.CharField(source="skill.slug")
    expected = serializers.FloatField(source="step.expected")
    standing = serializers.ChoiceField(source="step.standing", choices=STANDINGS)
    level = serializers.FloatField(source="step.level", allow_null=True)
    low = serializers.FloatField(source="step.low", allow_null=True)
    high = serializers.FloatField(source="step.high", allow_null=True)
    probability = serializers.FloatField(source="step.probability", allow_null=True)
    n = serializers.IntegerField(source="step.n")
    rests_on = BasisSerializer()


class GrowthRowSerializer(SkillStepSerializer):
    """One skill against what the next level expects, in points. Without enough data there is a sentence, no number."""

    sentence = serializers.CharField(source="says")
    evidence = LostAnswerSerializer(many=True)


class CompletedSerializer(serializers.Serializer[Any]):
    """A resource that both sides confirmed, or a knowledge check that was passed."""

    kind = serializers.CharField()
    text = serializers.CharField()
    skill = serializers.CharField()
    on = serializers.DateTimeField()


class GrowthSerializer(serializers.Serializer[Any]):
    """Where an agent stands to the next level."""

    agent = AgentRefSerializer()
    level = serializers.ChoiceField(choices=Agent.Level.choices)
    next_level = serializers.ChoiceField(choices=Agent.Level.choices)
    sentence = serializers.CharField()
    skills = GrowthRowSerializer(source="rows", many=True)
    completed = CompletedSerializer(many=True)


class TeamGrowthSerializer(serializers.Serializer[Any]):
    """One agent beside the others: skills that are there, of those that can be told, and what was completed."""

    agent = AgentRefSerializer()
    level = serializers.ChoiceField(source="agent.level", choices=Agent.Level.choices)
    next_level = serializers.ChoiceField(choices=Agent.Level.choices)
    there = serializers.IntegerField()
    known = serializers.IntegerField()
    checks_passed = serializers.IntegerField(source="checks")
    actions_completed = serializers.IntegerField(source="actions")
    skills = SkillStepSerializer(many=True)


class CoachingGrowth(Resource):
    """An agent's skills against the expectations of the next level: the own ones, and of the agents within reach."""

    serializer_class = GrowthSerializer
    filterset_class = GrowthFilter
    model = Agent
    doors: ClassVar[dict[str, Doors]] = {"retrieve": BOTH, "list": (Permission.COACH,)}

    @extend_schema(responses=TeamGrowthSerializer(many=True))
    def list(self, request: Request) -> Response:
        """List the agents whom a person coaches with their skills side by side."""
        people = self.get_queryset().filter(deactivated_at=None).exclude(user=self.person)
        page = self.paginate_queryset(self.filter_queryset(people)) or []
        return self.get_paginated_response(TeamGrowthSerializer(side_by_side(page, now=timezone.now()), many=True).data)

    def rows(self, user: User) -> Any:
        """Return the agents whose record the person may open."""
        return Agent.objects.visible_to(user).people()

    @extend_schema(responses=GrowthSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one agent's growth, by the agent's id."""
        return Response(GrowthSerializer(growth(self.get_object(), now=timezone.now())).data)


class LevelsSerializer(serializers.Serializer[Any]):
    """What the four levels expect of one skill, in points."""

    skill = serializers.SlugField(max_length=60)
    entry = serializers.FloatField(min_value=0, max_value=100)
    experienced = serializers.FloatField(min_value=0, max_value=100)
    senior = serializers.FloatField(min_value=0, max_value=100)
    lead = serializers.FloatField(min_value=0, max_value=100)


class ExpectationsSerializer(serializers.Serializer[Any]):
    """The expectations of several skills; a higher level never expects less."""

    skills = serializers.ListField(child=LevelsSerializer(), max_length=100)


class Expectations(Resource):
    """What each level expects of each skill."""

    serializer_class = ExpectationsSerializer
    model = Expectation
    write_scope = Scope.COACH
    doors: ClassVar[dict[str, Doors]] = {"retrieve": BOTH, "update": (Permission.MANAGE_RUBRICS,)}

    @extend_schema(operation_id="coaching_expectations_retrieve")
    def retrieve(self, request: Request) -> Response:
        """Show the expectations; the ETag is what a change names."""
        return _shown()

    @extend_schema(operation_id="coaching_expectations_update")
    @etags.needs_tag
    def update(self, request: Request) -> Response:
        """Change the expectations of the skills given; 412 when somebody else was faster."""
        state = etags.matched_tag(request)
        form = ExpectationsSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        wanted = {one["skill"]: {level: one[level] for level in LEVELS} for one in form.validated_data["skills"]}
        try:
            service.expect(wanted, state=state, by=self.person, now=timezone.now())
        except Refused as refused:
            raise etags.told(refused, stale="stale_expectations") from refused
        return _shown()


def _shown() -> Response:
    matrix = expectations()
    body = {"skills": [{"skill": slug, **levels} for slug, levels in sorted(matrix.items())]}
    return Response(ExpectationsSerializer(body).data, headers={"ETag": etags.tag(fingerprint(matrix))})
