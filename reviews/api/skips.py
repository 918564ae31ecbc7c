"""The API of skips as not eligible: what waits for a second pair of eyes, and what those say."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import TeamRefSerializer
from accounts.idempotency import idempotent
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from conversations.api import ConversationRefSerializer
from core.filtersets import FilterSet, KeyFilter
from reviews.api.serializers import AgentShownMixin
from reviews.models import QueueItem
from reviews.services import skip_checks

SHOWN = ("conversation", "agent", "team", "plan", "pick__agent", "pick__draw")


class SkipToCheckSerializer(AgentShownMixin, serializers.ModelSerializer[QueueItem]):
    """A conversation that one person found not eligible; `check_result` is empty until a second one has looked."""

    conversation = ConversationRefSerializer(read_only=True)
    team = TeamRefSerializer(allow_null=True, read_only=True)
    plan = serializers.SerializerMethodField()
    reason = serializers.CharField(source="skip_reason", read_only=True)
    note = serializers.CharField(source="skip_note", read_only=True)
    skipped_at = serializers.DateTimeField(source="ended_at", read_only=True)
    check_result = serializers.SerializerMethodField()

    class Meta:
        model = QueueItem
        fields = (
            "id", "conversation", "agent", "team", "plan", "reason", "note", "skipped_at", "check_result", "checked_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_plan(self, item: QueueItem) -> str:
        """Return the name of the plan that drew it."""
        return item.plan.name if item.plan else ""

    @extend_schema_field(serializers.ChoiceField(choices=["", "confirmed", "overruled"]))
    def get_check_result(self, item: QueueItem) -> str:
        """Return what the second person said."""
        return item.check_result


class SkipCheckSerializer(serializers.Serializer[Any]):
    """What the second person wants to add."""

    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class SkipFilter(FilterSet):
    """Filter what waits for a second look by plan, team and reason."""

    plan = KeyFilter(label="Plan")
    team = KeyFilter(label="Team")
    reason = django_filters.CharFilter(field_name="skip_reason", max_length=30, label="Reason")


class Skips(mixins.ListModelMixin, Resource):
    """What somebody else skipped as not eligible, the oldest first. A conversation leaves the frame once confirmed."""

    serializer_class = SkipToCheckSerializer
    filterset_class = SkipFilter
    model = QueueItem
    write_scope = Scope.REVIEW
    cursor_ordering = ("ended_at", "id")
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(("list", "confirm", "overrule"), (Permission.SCORE,))

    def rows(self, user: User) -> Any:
        """Return what waits for this person; for an answer also what was looked at already."""
        words = QueueItem.objects.skips_to_check if self.action == "list" else QueueItem.objects.skipped_within_reach
        return words(user).select_related(*SHOWN)

    @extend_schema(request=SkipCheckSerializer, responses=SkipToCheckSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def confirm(self, request: Request, pk: str) -> Response:
        """Agree that it is not eligible."""
        return self._answer(request, skip_checks.confirm)

    @extend_schema(request=SkipCheckSerializer, responses=SkipToCheckSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def overrule(self, request: Request, pk: str) -> Response:
        """Bring it back into the sample; what was released in its place stays in, too."""
        return self._answer(request, skip_checks.overrule)

    def _answer(self, request: Request, verb: Any) -> Response:
        form = SkipCheckSerializer(data=request.data)
        item = self.get_object()
        form.is_valid(raise_exception=True)
        kept = verb(item, by=self.person, now=timezone.now(), note=form.validated_data["note"])
        return Response(SkipToCheckSerializer(kept).data)
