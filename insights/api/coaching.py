"""The API of the coaching report: the same numbers as on the page, each with its interval and how many it rests on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import Doors, Resource
from accounts.roles import Permission
from coaching import programme_words
from coaching.models import Plan, ProgrammeOutcome
from insights.reports import coaching as report
from insights.reports import coaching_rows

WEEKS = OpenApiParameter("weeks", OpenApiTypes.INT, enum=report.PERIODS, default=26, description="How far back.")


class PeriodSerializer(serializers.Serializer[Any]):
    """How far back the plans count, from when they were proposed or started."""

    weeks = serializers.ChoiceField(choices=report.PERIODS, default=26)


class ShareSerializer(serializers.Serializer[Any]):
    """k of n with Wilson's 95 % interval, 0 to 1; null without any. `is_few`: too few to say much."""

    k = serializers.IntegerField()
    n = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    is_few = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True, help_text="Why there is no share.")


class SkillEffectSerializer(serializers.Serializer[Any]):
    """The effect of the plans on one skill together in points, beyond chance and everybody's change."""

    skill = serializers.CharField(source="slug")
    effect = serializers.FloatField(source="pooled.effect", allow_null=True)
    low = serializers.FloatField(source="pooled.lo", allow_null=True)
    high = serializers.FloatField(source="pooled.hi", allow_null=True)
    plans = serializers.IntegerField(source="pooled.K")
    is_few = serializers.BooleanField()
    reason = serializers.CharField(help_text="Why there is no effect.")


class CoachingGroupSerializer(serializers.Serializer[Any]):
    """What came of some plans; `query` lists them at `coaching-plans/`."""

    name = serializers.CharField()
    query = serializers.CharField()
    plans = serializers.IntegerField()
    completed = ShareSerializer()
    improved = ShareSerializer()
    effects = SkillEffectSerializer(many=True, help_text="One a skill: nothing is averaged over several.")


class MedianSerializer(serializers.Serializer[Any]):
    """A median in days with limits that hold the true one with at least 95 %; no limits below six values."""

    median = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(source="lo", allow_null=True)
    high = serializers.FloatField(source="hi", allow_null=True)
    n = serializers.IntegerField()
    reason = serializers.SerializerMethodField(help_text="Why there is no median, or why it has no limits.")

    def get_reason(self, found: Any) -> str:
        """Say why the median, or its limits, are missing."""
        return report.why_no_limits(found)


class StageSerializer(serializers.Serializer[Any]):
    """How many plans came so far; `query` lists them at `coaching-plans/`."""

    name = serializers.CharField()
    query = serializers.CharField()
    plans = serializers.IntegerField()


class DeclinedSerializer(serializers.Serializer[Any]):
    """How often proposals were declined for a reason."""

    reason = serializers.CharField()
    n = serializers.IntegerField()


class RulePrecisionSerializer(serializers.Serializer[Any]):
    """How right one rule was: what people decided, and what later looks say."""

    name = serializers.CharField()
    query = serializers.CharField()
    proposed = serializers.IntegerField()
    waiting = serializers.IntegerField()
    accepted = ShareSerializer()
    declined = DeclinedSerializer(many=True)
    later = ShareSerializer(help_text="Accepted, and still likely under the target four weeks later or more.")
    later_declined = ShareSerializer(help_text="Declined, and still likely under the target: it speaks for the rule.")


class ProgrammeResultSerializer(serializers.Serializer[Any]):
    """What was measured of a programme; the whole outcome is at `coaching-programmes/`."""

    programme = serializers.IntegerField(source="programme_id")
    name = serializers.CharField(source="programme.name")
    skill = serializers.CharField(source="programme.skill.slug")
    verdict = serializers.CharField()
    effect = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    started = serializers.IntegerField()
    reason = serializers.SerializerMethodField(help_text="Why there is no effect.")

    def get_reason(self, outcome: ProgrammeOutcome) -> str:
        """Say what is missing for an effect."""
        return programme_words.missing(outcome.reason) if outcome.effect is None else ""


class CoachingReportSerializer(serializers.Serializer[Any]):
    """The coaching report of the plans within reach."""

    since = serializers.DateTimeField()
    weeks = serializers.IntegerField()
    pipeline = StageSerializer(many=True)
    first_session = MedianSerializer()
    without_session = serializers.IntegerField()
    completed = ShareSerializer()
    actions = ShareSerializer()
    overall = CoachingGroupSerializer()
    skills = CoachingGroupSerializer(many=True)
    kinds = CoachingGroupSerializer(many=True)
    supervisors = CoachingGroupSerializer(many=True)
    programmes = ProgrammeResultSerializer(many=True)
    rules = RulePrecisionSerializer(many=True)


class CoachingRowsSerializer(serializers.Serializer[Any]):
    """The plans behind the report: a row holds its values in the order of the columns."""

    columns = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField())


class CoachingReports(Resource):
    """What became of the coaching plans within reach, and how right the rules were."""

    serializer_class = CoachingReportSerializer
    model = Plan
    asks: ClassVar[dict[str, tuple[str, ...]]] = dict.fromkeys(("retrieve", "export"), ("weeks",))
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(("retrieve", "export"), (Permission.COACH,))

    @extend_schema(operation_id="reports_coaching", parameters=[WEEKS])
    def retrieve(self, request: Request) -> Response:
        """Report on the plans that were proposed or started in the last weeks."""
        return Response(CoachingReportSerializer(report.load(self._params(request))).data)

    @extend_schema(operation_id="reports_coaching_export", parameters=[WEEKS], responses=CoachingRowsSerializer)
    def export(self, request: Request) -> Response:
        """List the plans behind the report, as in the CSV file of the page: names of columns, then a row a plan."""
        params = self._params(request)
        since = params.now - timedelta(weeks=params.weeks)
        rows = coaching_rows.read(params.user, since=since, now=params.now)
        return Response({"columns": coaching_rows.TABLE.columns, "rows": coaching_rows.lines(rows, now=params.now)})

    def _params(self, request: Request) -> report.Params:
        asked = PeriodSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return report.Params(user=self.person, now=timezone.now(), weeks=asked.validated_data["weeks"])
