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
from reviews.api.calibration_serializers import AgreementLineSerializer
from reviews.models import Review


class AmbiguitySerializer(serializers.Serializer[Any]):
    """What speaks for talking about one criterion; a share is null where nothing was counted."""

    key = serializers.CharField(help_text="The criterion's lineage.")
    name = serializers.CharField()
    is_ranked = serializers.BooleanField(help_text="False below 10 conversations: an order would be chance.")
    reason = serializers.CharField(allow_blank=True, help_text="Why it is in no order.")
    group = serializers.IntegerField(help_text="Those of one group cannot be told apart; 0 for none.")
    index = serializers.FloatField(help_text="The three shares added up.")
    level = serializers.FloatField(
        allow_null=True, help_text="The index in per cent, pooled over all criteria: what the order is by."
    )
    low = serializers.FloatField(allow_null=True, help_text="The level's 95 % limits.")
    high = serializers.FloatField(allow_null=True)
    pairs = serializers.IntegerField(help_text="Conversations with two blind scores.")
    differing = serializers.FloatField(allow_null=True, help_text="Share of their pairs that differ, 0 to 1.")
    differing_low = serializers.FloatField(source="differing_limits.lo", allow_null=True)
    differing_high = serializers.FloatField(source="differing_limits.hi", allow_null=True)
    decided = serializers.IntegerField(help_text="Disputed answers that were decided.")
    overturned = serializers.IntegerField(help_text="Those of them that were changed.")
    overturn_low = serializers.FloatField(source="overturn_limits.lo", allow_null=True)
    overturn_high = serializers.FloatField(source="overturn_limits.hi", allow_null=True)
    answers = serializers.IntegerField(help_text="Blind answers.")
    not_applicable = serializers.IntegerField(help_text="Those of them that were N/A.")
    not_applicable_low = serializers.FloatField(source="not_applicable_limits.lo", allow_null=True)
    not_applicable_high = serializers.FloatField(source="not_applicable_limits.hi", allow_null=True)


class AgreementSerializer(serializers.Serializer[Any]):
    """Agreement of reviewers on conversations that two of them judged blind."""

    since = serializers.DateTimeField()
    total = AgreementLineSerializer()
    criteria = AgreementLineSerializer(many=True)
    ambiguous = AmbiguitySerializer(
        many=True, help_text="The criteria by level; the order within a group says nothing."
    )


class AgreementReports(Resource):
    """How far reviewers agree."""

    serializer_class = AgreementSerializer
    model = Review
    doors: ClassVar[dict[str, Doors]] = {"retrieve": (Permission.READ_INSIGHTS,)}

    @extend_schema(operation_id="reports_agreement")
    def retrieve(self, request: Request) -> Response:
        """Report on the last 26 weeks."""
        return Response(AgreementSerializer(report.load(now=timezone.now())).data)
