"""The API of large receipts: how far their check in the background is, what came out, and stopping it."""

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
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from core.filtersets import FilterSet
from core.models import Job
from sampling.api.replay_serializers import ReplaySerializer
from sampling.selectors import checks as read
from sampling.selectors import retold
from sampling.services import checks


class ReceiptCheckSerializer(serializers.ModelSerializer[Job]):
    """A large receipt that is checked in the background; `result` is what came out, null until then."""

    file_name = serializers.CharField(source="params.file_name", read_only=True)
    size = serializers.IntegerField(source="params.size", read_only=True, help_text="In bytes.")
    percent = serializers.IntegerField(read_only=True, allow_null=True)
    result = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = ("id", "file_name", "size", "status", "percent", "result", "error", "created_at", "finished_at")
        read_only_fields = fields

    @extend_schema_field(ReplaySerializer(allow_null=True))
    def get_result(self, job: Job) -> dict[str, Any] | None:
        """Return what came out."""
        return told(job.result) if job.status == Job.Status.DONE else None


class CheckFilter(FilterSet):
    """Filter checks by where they stand."""

    status = django_filters.ChoiceFilter(choices=Job.Status.choices, label="Status")

    class Meta:
        model = Job
        fields: list[str] = []


class ReceiptChecks(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """The large receipts that a person had checked. POST draws/check/ sends one; small ones are answered there."""

    serializer_class = ReceiptCheckSerializer
    filterset_class = CheckFilter
    model = Job
    write_scope = Scope.SAMPLING
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(("list", "retrieve", "cancel"), (Permission.READ_SAMPLING,))

    def rows(self, user: User) -> Any:
        """Return the person's own."""
        return read.visible_to(user)

    @extend_schema(request=None, responses=ReceiptCheckSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop a check; nothing comes of it."""
        checks.cancel(self.get_object(), by=self.person, now=timezone.now())
        return Response(ReceiptCheckSerializer(self.get_object()).data)


def told(found: retold.Told) -> dict[str, Any]:
    """Return what a replay found as the API says it."""
    said: dict[str, Any] = ReplaySerializer({"today": None, **retold.in_words(found)}).data
    return said
