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
