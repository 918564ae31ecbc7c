"""The API of knowledge checks: the questions that a workspace asks, and what came of them."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import AgentRefSerializer
from accounts.idempotency import idempotent
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from coaching.models import Attempt, KnowledgeCheck
from coaching.questions import MOST_CHOICES, MOST_QUESTIONS, PASS_PERCENT, Question, QuestionSet
from coaching.selectors.checks import answered, catalogue, find
from coaching.services import checks
from coaching.services.checks import CheckEdit
from core.api import etags
from core.filtersets import FilterSet, KeyFilter
from core.refusals import Refused
from rubrics.models import Skill

BOTH = (Permission.COACH, Permission.WORK_ON_OWN_PLAN)
SLUG = "[-a-zA-Z0-9_]{1,80}"


class AskedSerializer(serializers.Serializer[Any]):
    """One question with its choices; an answer names the position of a choice, from 1."""

    text = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())


class QuestionsSerializer(serializers.Serializer[Any]):
    """A knowledge check as it is asked. `fingerprint` goes back with the answers."""

    key = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField(allow_blank=True)
    pass_percent = serializers.IntegerField()
    fingerprint = serializers.CharField()
    questions = AskedSerializer(many=True)


class AnswersSerializer(serializers.Serializer[Any]):
    """The position of the chosen answer, from 1, for each question in its order."""

    fingerprint = serializers.CharField(max_length=64)
    answers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MOST_CHOICES), max_length=MOST_QUESTIONS
    )


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    """One time that a check was taken."""

    agent = AgentRefSerializer(read_only=True)

    class Meta:
        model = Attempt
        fields: tuple[str, ...] = (
            "id", "plan", "action", "agent", "key", "title", "number", "right", "total", "is_passed", "taken_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class AnsweredSerializer(serializers.Serializer[Any]):
    """One question as it was asked then, with what was chosen and what is right."""

    text = serializers.CharField(source="question.text")
    choices = serializers.ListField(source="question.choices", child=serializers.CharField())
    chosen = serializers.IntegerField()
    right = serializers.IntegerField(source="question.right")
    because = serializers.CharField(source="question.because", allow_blank=True)


class AttemptDetailSerializer(AttemptSerializer):
    """An attempt with its answers."""

    answers = serializers.SerializerMethodField()

    class Meta(AttemptSerializer.Meta):
        fields = (*AttemptSerializer.Meta.fields, "answers")
        read_only_fields = fields

    @extend_schema_field(AnsweredSerializer(many=True))
    def get_answers(self, attempt: Attempt) -> Any:
        """Return the questions of that time with their answers."""
        return AnsweredSerializer(answered(attempt), many=True).data


class AttemptFilter(FilterSet):
    """Filter attempts by plan, agent, check and result."""

    plan = KeyFilter(label="Plan")
    agent = KeyFilter(label="Agent")
    key = django_filters.CharFilter(max_length=80, label="Check")
    is_passed = django_filters.BooleanFilter(label="Passed")

    class Meta:
        model = Attempt
        fields: list[str] = []


class CoachingAttempts(mixins.ListModelMixin, Resource):
    """Attempts in the plans that a person coaches, and own ones."""

    serializer_class = AttemptSerializer
    filterset_class = AttemptFilter
    model = Attempt
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(("list", "retrieve"), BOTH)

    def rows(self, user: User) -> Any:
        """Return the attempts within reach."""
        return Attempt.objects.visible_to(user).select_related("agent").order_by("-taken_at", "-pk")

    @extend_schema(responses=AttemptDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one attempt with its answers."""
        return Response(AttemptDetailSerializer(self.get_object()).data)


class QuestionSerializer(serializers.Serializer[Any]):
    """One question; `right` is the position of the right choice, from 1."""

    text = serializers.CharField(max_length=500)
    choices = serializers.ListField(child=serializers.CharField(max_length=300), min_length=2, max_length=MOST_CHOICES)
    right = serializers.IntegerField(min_value=1, max_value=MOST_CHOICES)
    because = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class KnowledgeCheckEditSerializer(serializers.Serializer[Any]):
    """The whole of what can be changed."""

    skill = serializers.SlugRelatedField[Any](slug_field="slug", queryset=Skill.objects.all())
    title = serializers.CharField(max_length=120)
    about = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    pass_percent = serializers.IntegerField(min_value=1, max_value=100, default=PASS_PERCENT)
    goes_with = serializers.ListField(child=serializers.CharField(max_length=80), max_length=30, default=list)
    is_retired = serializers.BooleanField(default=False)
    questions = serializers.ListField(child=QuestionSerializer(), min_length=1, max_length=MOST_QUESTIONS)


class KnowledgeCheckSerializer(serializers.Serializer[Any]):
    """A knowledge check with its right answers, for those who coach. `number` is 0 as shipped."""

    key = serializers.CharField()
    skill = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField(allow_blank=True)
    pass_percent = serializers.IntegerField()
    goes_with = serializers.ListField(child=serializers.CharField())
    is_retired = serializers.BooleanField()
    number = serializers.IntegerField()
    questions = QuestionSerializer(many=True)


class KnowledgeChecks(Resource):
    """The question sets that can go with an action: shipped ones, and those that a workspace wrote or changed."""

    serializer_class = KnowledgeCheckSerializer
    model = KnowledgeCheck
    write_scope = Scope.COACH
    lookup_field = "slug"
    lookup_value_regex = SLUG
    pagination_class = None
    asks: ClassVar[dict[str, tuple[str, ...]]] = {"list": ("skill",)}
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(("list", "retrieve"), (Permission.COACH,)),
        **dict.fromkeys(("create", "update"), (Permission.MANAGE_RUBRICS,)),
    }

    @extend_schema(responses=KnowledgeCheckSerializer(many=True), parameters=[OpenApiParameter("skill", str)])
    def list(self, request: Request) -> Response:
        """List every set by key, or those of one skill."""
        skill = request.query_params.get("skill")
        found = sorted(catalogue().sets.values(), key=lambda one: one.key)
        found = [one for one in found if not skill or one.skill == skill]
        return Response(KnowledgeCheckSerializer(found, many=True).data)

    @extend_schema(responses=KnowledgeCheckSerializer)
    def retrieve(self, request: Request, slug: str) -> Response:
        """Show one set; the ETag is what a change names."""
        found = find(slug)
        if found is None:
            raise Http404
        return _shown(found)

    @extend_schema(request=KnowledgeCheckEditSerializer, responses={201: KnowledgeCheckSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Write a set of the workspace's own."""
        made = checks.add(_edit(request.data, number=0), by=self.person, now=timezone.now())
        return _shown(made, status=201)

    @extend_schema(request=KnowledgeCheckEditSerializer, responses=KnowledgeCheckSerializer)
    @etags.needs_match
    def update(self, request: Request, slug: str) -> Response:
        """Change a set; 412 when somebody else was faster. Attempts keep the questions that were asked."""
        number = etags.matched_number(request)
        try:
            made = checks.write(slug, _edit(request.data, number=number), by=self.person, now=timezone.now())
        except Refused as refused:
            raise etags.told(refused, stale="stale_check") from refused
        return _shown(made)


def _edit(sent: Any, *, number: int) -> CheckEdit:
    form = KnowledgeCheckEditSerializer(data=sent)
    form.is_valid(raise_exception=True)
    values = form.validated_data
    questions = [
        Question(one["text"], tuple(one["choices"]), one["right"], one["because"]) for one in values.pop("questions")
    ]
    return CheckEdit(number=number, questions=questions, **values)


def _shown(found: QuestionSet, *, status: int = 200) -> Response:
    return Response(
        KnowledgeCheckSerializer(found).data, status=status, headers={"ETag": etags.tag(found.number)}
    )  # fmt: skip
