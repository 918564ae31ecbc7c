"""The API of the report on skips."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import PersonRefSerializer
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from insights.reports import skips as report
from reviews.models import QueueItem


class SkipShareSerializer(serializers.Serializer[Any]):
    """k of n with its 95 % interval, 0 to 1; null with the reason below three conversations."""

    k = serializers.IntegerField()
    n = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class ReviewerSkipsSerializer(serializers.Serializer[Any]):
    """What one reviewer skipped of what they finished; `overruled` of the `checked` ones were eligible after all."""

    reviewer = PersonRefSerializer()
    skipped = SkipShareSerializer()
    by_class = serializers.DictField(child=serializers.IntegerField())
    checked = serializers.IntegerField()
    overruled = serializers.IntegerField()


class ReasonSkipsSerializer(serializers.Serializer[Any]):
    """How often one reason was given, of everything that was finished."""

    reason = serializers.CharField(source="reason.value")
    skip_class = serializers.CharField()
    given = SkipShareSerializer()
    checked = serializers.IntegerField()
    overruled = serializers.IntegerField()


class SkipReportSerializer(serializers.Serializer[Any]):
    """Skips of drawn conversations; what ran out of time is no skip."""

    since = serializers.DateTimeField()
    skipped = SkipShareSerializer()
    waiting = serializers.IntegerField(help_text="Skips as not eligible that wait for a second pair of eyes.")
    reviewers = ReviewerSkipsSerializer(many=True)
    reasons = ReasonSkipsSerializer(many=True)


class SkipReports(Resource):
    """How often reviewers skip, and why."""

    serializer_class = SkipReportSerializer
    model = QueueItem
    doors: ClassVar[dict[str, Doors]] = {"retrieve": (Permission.READ_INSIGHTS,)}

    @extend_schema(operation_id="reports_skips")
    def retrieve(self, request: Request) -> Response:
        """Report on the last twelve weeks, by reviewer and by reason."""
        return Response(SkipReportSerializer(report.load(now=timezone.now())).data)
