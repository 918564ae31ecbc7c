"""The API of the report on agreement."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import Doors, Resource
from accounts.roles import Permission
from insights.reports import agreement as report
from reviews.models import Review


class GwetSerializer(serializers.Serializer[Any]):
    """AC1, or AC2 where answers are ordered, with its 95 % interval."""

    coefficient = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(source="lo", allow_null=True)
    high = serializers.FloatField(source="hi", allow_null=True)
    reason = serializers.CharField(allow_null=True)


class AgreementLineSerializer(serializers.Serializer[Any]):
    """Agreement on one criterion or on the total; what so few conversations cannot say is null, with the reason."""

    key = serializers.CharField(help_text="The criterion's lineage, or total.")
    name = serializers.CharField()
    n = serializers.IntegerField(help_text="Conversations with two blind scores.")
    exact = serializers.FloatField(allow_null=True, help_text="Share of pairs that agree, 0 to 1.")
    within = serializers.FloatField(allow_null=True, help_text="Share within five points, for the total.")
    alpha = serializers.FloatField(allow_null=True, help_text="Krippendorff's alpha.")
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    is_rough = serializers.BooleanField()
    word = serializers.CharField(allow_blank=True, help_text="By the lower limit of alpha.")
    gwet = GwetSerializer(allow_null=True, help_text="Where one answer holds more than four fifths of the ratings.")
    reason = serializers.CharField(allow_blank=True)


class AgreementSerializer(serializers.Serializer[Any]):
    """Agreement of reviewers on conversations that two of them judged blind."""

    since = serializers.DateTimeField()
    total = AgreementLineSerializer()
    criteria = AgreementLineSerializer(many=True)


class AgreementReports(Resource):
    """How far reviewers agree."""

    serializer_class = AgreementSerializer
    model = Review
    doors: ClassVar[dict[str, Doors]] = {"retrieve": (Permission.READ_INSIGHTS,)}

    @extend_schema(operation_id="reports_agreement")
    def retrieve(self, request: Request) -> Response:
        """Report on the last 26 weeks."""
        return Response(AgreementSerializer(report.load(now=timezone.now())).data)
