"""The API of the coaching sweep: its runs, its failures, and what it noticed beside plans."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from coaching import sweep_words
from coaching.api.basis import BasisSerializer
from coaching.models import Observation, SweepFailure, SweepRun
from coaching.selectors import observations as read
from coaching.selectors.bases import Basis
from coaching.services import observations
from coaching.tasks import sweep_coaching
from core.api.points import points
from core.filtersets import AnyFilter, FilterSet, FromDay, KeyFilter, ToDay
from core.queueing import enqueue

LEVELS = ("level", "low", "high", "after", "after_low", "after_high", "before", "before_low", "before_high")
LOOKS_AFTER = (Permission.MANAGE_SETTINGS, Permission.MANAGE_COACHING)


class SweepRunSerializer(serializers.ModelSerializer[SweepRun]):
    """One run. Without an end it is at work, or its worker was lost and the next run does what it left."""

    class Meta:
        model = SweepRun
        fields = ("id", "started_at", "finished_at", "looks", "proposals", "failures")
        read_only_fields = fields


class SweepFailureSerializer(serializers.ModelSerializer[SweepFailure]):
    """One piece of work that failed and is tried again with every sweep."""

    skill = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True, allow_null=True)
    says = serializers.SerializerMethodField()

    class Meta:
        model = SweepFailure
        fields = (
            "id", "part", "agent", "skill", "week", "error", "times", "first_at", "last_at", "resolved_at", "says",
        )  # fmt: skip
        read_only_fields = fields

    def get_says(self, failure: SweepFailure) -> str:
        """Say what failed, in a sentence."""
        return sweep_words.failed(failure)


class ObservedSerializer(serializers.Serializer[Any]):
    """The numbers of an observation in points, each level with its 95 % limits; null what its kind does not have.

    Of a strength: level. Of a decline: the mean now (after), the level before, and the change between them.
    """

    level = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    target = serializers.FloatField(allow_null=True)
    after = serializers.FloatField(allow_null=True)
    after_low = serializers.FloatField(allow_null=True)
    after_high = serializers.FloatField(allow_null=True)
    before = serializers.FloatField(allow_null=True)
    before_low = serializers.FloatField(allow_null=True)
    before_high = serializers.FloatField(allow_null=True)
    change_low = serializers.FloatField(allow_null=True)
    change_high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(help_text="Reviews of the level, or of the mean now.")
    n_before = serializers.IntegerField(allow_null=True)
    rests_on = BasisSerializer(many=True, help_text="Of the level, or of the mean now and of the level before.")
    reason = serializers.CharField(allow_blank=True, help_text="Why there are no limits.")
    above = serializers.FloatField(allow_null=True, help_text="The probability that a strength had to pass.")
    limit = serializers.FloatField(allow_null=True, help_text="The limit of the chart of a decline.")
    rules = serializers.IntegerField(allow_null=True, help_text="The version of the rules.")


class ObservationSerializer(serializers.ModelSerializer[Observation]):
    """A strength worth praising or a decline worth a look; `numbers` is what it rests on."""

    numbers = serializers.SerializerMethodField()
    skill = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True, allow_null=True)
    says = serializers.SerializerMethodField()
    answer = serializers.ChoiceField(choices=["", *Observation.Answer.values], allow_blank=True, read_only=True)

    class Meta:
        model = Observation
        fields = ("id", "agent", "skill", "kind", "week", "numbers", "says", "noticed_at", "answer", "answered_at")
        read_only_fields = fields

    def get_says(self, observation: Observation) -> str:
        """Say what was seen, in a sentence."""
        return sweep_words.seen(observation)

    @extend_schema_field(ObservedSerializer)
    def get_numbers(self, observation: Observation) -> dict[str, Any]:
        """Return the numbers with what they rest on."""
        kept = dict.fromkeys(ObservedSerializer().fields) | observation.numbers
        for name in LEVELS:
            kept[name] = points(kept[name], n=observation.numbers["n"])
        has_limits = {"low", "after_low"} & observation.numbers.keys()
        kept["reason"] = "" if has_limits else str(sweep_words.NO_BAND)
        return kept | {"rests_on": BasisSerializer(self._held[observation.pk], many=True).data}

    @cached_property
    def _held(self) -> dict[int, tuple[Basis, ...]]:
        """Read what the numbers of all that are shown rest on, at once."""
        shown = self.instance if self.parent is None else self.parent.instance
        found = [shown] if isinstance(shown, Observation) else list(shown or ())
        return read.rests_on(found, now=timezone.now())


class AnswerObservationSerializer(serializers.Serializer[Any]):
    """What came of it: a strength was praised, a decline was looked into, or there was nothing to it."""

    answer = serializers.ChoiceField(choices=Observation.Answer.choices)


class SweepRunFilter(FilterSet):
    """Filter runs by day, by whether they came to their end and by whether something failed."""

    since = FromDay("started_at")
    until = ToDay("started_at")
    finished = django_filters.BooleanFilter(
        field_name="finished_at", lookup_expr="isnull", exclude=True, label="Came to its end"
    )
    failed = AnyFilter("failures", label="Something failed")

    class Meta:
        model = SweepRun
        fields: list[str] = []


class SweepRuns(mixins.ListModelMixin, Resource):
    """The runs of the sweep, newest first."""

    serializer_class = SweepRunSerializer
    filterset_class = SweepRunFilter
    model = SweepRun
    write_scope = Scope.COACH
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(("list", "start"), LOOKS_AFTER)

    def rows(self, user: User) -> Any:
        """Return all of them."""
        return SweepRun.objects.visible_to(user)

    @extend_schema(request=None, responses={204: None})
    @action(detail=False, methods=["post"])
    @idempotent
    def start(self, request: Request) -> Response:
        """Sweep now instead of within the hour; doing it twice changes nothing."""
        enqueue(sweep_coaching)
        return Response(status=204)


class FailureFilter(FilterSet):
    """Filter failures by whether they are still open, by the part of the sweep and by agent."""

    open = django_filters.BooleanFilter(field_name="resolved_at", lookup_expr="isnull", label="Not resolved yet")
    part = django_filters.ChoiceFilter(choices=SweepFailure.Part.choices, label="Part of the sweep")
    agent = KeyFilter(label="Agent")

    class Meta:
        model = SweepFailure
        fields: list[str] = []


class SweepFailures(mixins.ListModelMixin, Resource):
    """What the sweep could not do, newest first."""

    serializer_class = SweepFailureSerializer
    filterset_class = FailureFilter
    model = SweepFailure
    doors: ClassVar[dict[str, Doors]] = {"list": LOOKS_AFTER}

    def rows(self, user: User) -> Any:
        """Return all of them."""
        return SweepFailure.objects.visible_to(user).select_related("agent", "skill")


class ObservationFilter(FilterSet):
    """Filter observations by whether they are open, by kind, agent and skill."""

    open = django_filters.BooleanFilter(field_name="answered_at", lookup_expr="isnull", label="Not answered yet")
    kind = django_filters.ChoiceFilter(choices=Observation.Kind.choices, label="Kind")
    agent = KeyFilter(label="Agent")
    skill = django_filters.CharFilter(field_name="skill__slug", max_length=60, label="Skill")

    class Meta:
        model = Observation
        fields: list[str] = []


class Observations(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Strengths and declines of the agents that a person coaches."""

    serializer_class = ObservationSerializer
    filterset_class = ObservationFilter
    model = Observation
    write_scope = Scope.COACH
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(("list", "retrieve", "answer"), (Permission.COACH,))

    def rows(self, user: User) -> Any:
        """Return those within reach."""
        return Observation.objects.visible_to(user).select_related("agent", "skill")

    @extend_schema(request=AnswerObservationSerializer, responses=ObservationSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def answer(self, request: Request, pk: str) -> Response:
        """Say what came of it, once."""
        found = self.get_object()
        form = AnswerObservationSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        observations.answer(found, form.validated_data["answer"], by=self.person, now=timezone.now())
        return Response(ObservationSerializer(self.get_object()).data)
