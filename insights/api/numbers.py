"""The API of averages by team, agent, criterion, skill or section."""

from __future__ import annotations

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Agent, Team
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from insights.api.serializers import AverageSerializer, average
from insights.reports import averages
from insights.reports import numbers as report
from insights.scope import scope_of

ASKED = [
    OpenApiParameter("by", OpenApiTypes.STR, enum=report.KINDS, description="What each line is of; team by default."),
    OpenApiParameter("team", OpenApiTypes.STR, description="The slug of one team; without it, all within reach."),
    OpenApiParameter("agent", OpenApiTypes.INT, description="One agent alone."),
    OpenApiParameter(
        "period",
        OpenApiTypes.STR,
        enum=["reviewed", "drawn"],
        description="Which one is the newest: the last with a review (by default), or the last that was drawn.",
    ),
]


class PeriodChangeSerializer(serializers.Serializer[Any]):
    """The newest period against the one before, in points; a direction only where the interval excludes no change.

    What both rest on stands beside: `newest` and `before`.
    """

    difference = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(source="lo", allow_null=True)
    high = serializers.FloatField(source="hi", allow_null=True)
    direction = serializers.ChoiceField(choices=["up", "down"], allow_null=True)
    reason = serializers.SerializerMethodField(help_text="Why the two are not compared.")

    def get_reason(self, change: Any) -> str:
        """Word why there is no comparison."""
        return averages.sentence(change.reason or "")


class NumberLineSerializer(serializers.Serializer[Any]):
    """One team, agent, criterion, skill or section."""

    key = serializers.CharField(help_text="Its id, lineage or slug.")
    name = serializers.CharField()
    newest = serializers.SerializerMethodField(help_text="The newest period.")
    before = serializers.SerializerMethodField(help_text="The period before it.")
    four_weeks = serializers.SerializerMethodField()
    change = PeriodChangeSerializer()

    @extend_schema_field(AverageSerializer)
    def get_newest(self, line: report.Line) -> dict[str, Any]:
        """Return the newest period's average."""
        return average(line.newest)

    @extend_schema_field(AverageSerializer)
    def get_before(self, line: report.Line) -> dict[str, Any]:
        """Return the average of the period before."""
        return average(line.before)

    @extend_schema_field(AverageSerializer)
    def get_four_weeks(self, line: report.Line) -> dict[str, Any]:
        """Return the average of four weeks."""
        return average(line.rolling)


class NumbersSerializer(serializers.Serializer[Any]):
    """Averages in the order of names: they are no ranking."""

    by = serializers.CharField(source="kind")
    newest_on = serializers.DateField(allow_null=True, help_text="The first day of the newest period.")
    newer = serializers.IntegerField(help_text="Periods drawn after it, none of which is reviewed yet.")
    lines = NumberLineSerializer(many=True)


class Numbers(Resource):
    """Averages by team, agent, criterion, skill or section."""

    serializer_class = NumbersSerializer
    model = Team
    asks: ClassVar[dict[str, tuple[str, ...]]] = {"retrieve": tuple(one.name for one in ASKED)}
    doors: ClassVar[dict[str, Doors]] = {"retrieve": (Permission.SEE_TEAM,)}

    @extend_schema(operation_id="reports_numbers", parameters=ASKED)
    def retrieve(self, request: Request) -> Response:
        """Return the newest period, the last four weeks and the change of each line."""
        kind, team, sent, period = (request.query_params.get(name, "") for name in ("by", "team", "agent", "period"))
        scope, agent = scope_of(self.person, team=team), None
        if kind and kind not in report.KINDS:
            raise ValidationError({"by": _("Choose one of %(kinds)s.") % {"kinds": ", ".join(report.KINDS)}})
        if period not in {"", "reviewed", "drawn"}:
            raise ValidationError({"period": _("Choose reviewed or drawn.")})
        if team and scope.chosen is None:
            raise ValidationError({"team": _("There is no such team for you.")})
        if sent:
            rows = Agent.objects.visible_to(self.person).exclude(user=self.person)
            agent = get_object_or_404(rows, pk=int(sent) if sent.isdecimal() and len(sent) <= 18 else 0).pk
        params = report.Params(
            kind or "team", None if agent else scope.team_ids, timezone.now(), agent, running=period == "drawn"
        )
        return Response(NumbersSerializer(report.load(params)).data)
