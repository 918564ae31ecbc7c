"""The API of the trigger rules and their dry runs."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from accounts.models import Agent, User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from coaching import rule_words
from coaching.api.basis import BasisSerializer
from coaching.dry_results import KINDS
from coaching.models import RuleVersion
from coaching.rules import BOUNDS, Rules, from_json
from coaching.selectors import dry_runs as read
from coaching.selectors.rules import current
from coaching.services import dry_runs
from coaching.services import rules as service
from coaching.tasks import continue_dry_run
from core.api.points import InKnownPoints
from core.filtersets import LARGEST, FilterSet, FromDay, KeyFilter, ToDay
from core.models import Job
from core.queueing import enqueue
from rubrics.models import Skill


def _chance(name: str) -> serializers.FloatField:
    low, high = BOUNDS[name]
    return serializers.FloatField(min_value=low, max_value=high)


def _whole(name: str) -> serializers.IntegerField:
    low, high = BOUNDS[name]
    return serializers.IntegerField(min_value=int(low), max_value=int(high))


class RulesSerializer(serializers.Serializer[Any]):
    """All trigger rules. `targets`: points by "skill" or "skill:level"; what stands in neither has `target`."""

    target = serializers.FloatField(min_value=0, max_value=100)
    targets = serializers.DictField(child=serializers.FloatField(min_value=0, max_value=100))
    above = _chance("above")
    running = _whole("running")
    watches_critical = serializers.BooleanField()
    critical_count = _whole("critical_count")
    critical_days = _whole("critical_days")
    watches_decline = serializers.BooleanField()
    decline_limit = serializers.FloatField(min_value=2, max_value=6)
    watches_strengths = serializers.BooleanField()
    strength_above = _chance("strength_above")
    strength_weeks = _whole("strength_weeks")

    def validate_targets(self, sent: dict[str, float]) -> dict[str, float]:
        """Refuse a target of a skill or a level that does not exist."""
        skills = set(Skill.objects.values_list("slug", flat=True))
        for name in sent:
            skill, _colon, level = name.partition(":")
            if skill not in skills or (":" in name and level not in Agent.Level.values):
                raise serializers.ValidationError(f"There is no skill or level “{name}”.")
        return sent


class RuleVersionSerializer(serializers.ModelSerializer[RuleVersion]):
    """One version of the rules. The newest holds; version 0 is what is shipped."""

    rules = RulesSerializer(source="values", read_only=True)
    says = serializers.SerializerMethodField()

    class Meta:
        model = RuleVersion
        fields = ("id", "number", "rules", "says", "note", "made_at", "made_by")
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_says(self, version: RuleVersion) -> list[str]:
        """Say the rules in sentences."""
        return rule_words.sentences(from_json(version.values))


class HeldRulesSerializer(serializers.Serializer[Any]):
    """The rules that hold now, and their sentences."""

    number = serializers.IntegerField(read_only=True)
    rules = RulesSerializer(read_only=True)
    says = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_says(self, held: Any) -> list[str]:
        """Say the rules in sentences."""
        return rule_words.sentences(held.rules)


class SetRulesSerializer(serializers.Serializer[Any]):
    """Other rules; `number` is the version that was changed, so that a newer one is not lost."""

    number = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    rules = RulesSerializer()
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class TryRulesSerializer(serializers.Serializer[Any]):
    """Rules to try on the last quarter."""

    rules = RulesSerializer()


class DryRowSerializer(InKnownPoints):
    """One thing that would have been asked for. Of a decline the level is the mean now, the target what it came from.

    A critical error is a count of `n` and has no level.
    """

    known_by: ClassVar[dict[str, str]] = dict.fromkeys(("level", "low", "high", "before_low", "before_high"), "n")

    kind = serializers.ChoiceField(choices=KINDS)
    week = serializers.CharField()
    agent = serializers.IntegerField(source="agent_id")
    skill = serializers.CharField()
    probability = serializers.FloatField(allow_null=True)
    level = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    target = serializers.FloatField(allow_null=True)
    before_low = serializers.FloatField(allow_null=True, help_text="Limits of what a decline came from.")
    before_high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    reason = serializers.CharField(allow_blank=True, help_text="Why there is no level, or no band.")
    rests_on = BasisSerializer()


class DryRunSerializer(serializers.ModelSerializer[Job]):
    """A dry run. `sentence` says what would have been proposed and how much of it is expected to be wrong."""

    rules = RulesSerializer(source="params.rules", read_only=True)
    sentence = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = (
            "id", "status", "done", "total", "unit", "error", "created_at", "finished_at", "rules", "sentence",
        )  # fmt: skip
        read_only_fields = fields

    def get_sentence(self, job: Job) -> str:
        """Say what was found; empty while it runs."""
        return read.sentence(job)


class RuleVersionFilter(FilterSet):
    """Filter versions by who set them and when."""

    made_by = KeyFilter(label="Who set them")
    since = FromDay("made_at")
    until = ToDay("made_at")

    class Meta:
        model = RuleVersion
        fields: list[str] = []


class DryRunFilter(FilterSet):
    """Filter dry runs by where they stand and by day."""

    status = django_filters.ChoiceFilter(choices=Job.Status.choices, label="Status")
    since = FromDay("created_at")
    until = ToDay("created_at")

    class Meta:
        model = Job
        fields: list[str] = []


class RowsAskedSerializer(serializers.Serializer[Any]):
    """Which rows of a dry run are asked for."""

    kind = serializers.ChoiceField(choices=KINDS, required=False)
    agent = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False)


class RuleVersions(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """The trigger rules, newest version first."""

    serializer_class = RuleVersionSerializer
    filterset_class = RuleVersionFilter
    model = RuleVersion
    write_scope = Scope.COACH
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(("list", "retrieve", "current"), (Permission.COACH,)),
        "create": (Permission.MANAGE_COACHING,),
    }

    def rows(self, user: User) -> Any:
        """Return every version."""
        return RuleVersion.objects.visible_to(user)

    @extend_schema(responses=HeldRulesSerializer)
    @action(detail=False)
    def current(self, request: Request) -> Response:
        """Show the rules that hold now; version 0 is what is shipped."""
        return Response(HeldRulesSerializer(current()).data)

    @extend_schema(request=SetRulesSerializer, responses={201: RuleVersionSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Let other rules hold from the next look on."""
        form = SetRulesSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        sent = form.validated_data
        made = service.change(
            Rules(**sent["rules"]), number=sent["number"], by=self.person, now=timezone.now(), note=sent["note"]
        )
        return Response(RuleVersionSerializer(made).data, status=201)


class DryRuns(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """What other rules would have asked for in the last quarter."""

    serializer_class = DryRunSerializer
    filterset_class = DryRunFilter
    asks: ClassVar[dict[str, tuple[str, ...]]] = {"rows_found": tuple(RowsAskedSerializer().fields)}
    model = Job
    write_scope = Scope.COACH
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(
        ("list", "retrieve", "create", "cancel", "rows_found"), (Permission.MANAGE_COACHING,)
    )

    def rows(self, user: User) -> Any:
        """Return the dry runs."""
        return read.visible_to(user)

    @extend_schema(request=TryRulesSerializer, responses={201: DryRunSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Try rules in the background; nothing else is written."""
        form = TryRulesSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        job = dry_runs.start(Rules(**form.validated_data["rules"]), by=self.person, now=timezone.now())
        enqueue(continue_dry_run, job.pk)
        return Response(DryRunSerializer(job).data, status=201)

    @extend_schema(request=None, responses=DryRunSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop a dry run."""
        dry_runs.cancel(self.get_object(), by=self.person, now=timezone.now())
        return Response(DryRunSerializer(self.get_object()).data)

    @extend_schema(responses=DryRowSerializer(many=True), filters=False, parameters=[RowsAskedSerializer])
    @action(detail=True, url_path="rows", pagination_class=None)
    def rows_found(self, request: Request, pk: str) -> Response:
        """List what would have been asked for: proposals first, at most 500."""
        asked = RowsAskedSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        kind, agent = (asked.validated_data.get(name) for name in ("kind", "agent"))
        found = read.rows_of(self.get_object())
        kept = [row for row in found if kind in (None, row.kind) and agent in (None, row.agent_id)]
        return Response(DryRowSerializer(kept, many=True).data)
