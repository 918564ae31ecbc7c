"""The API of sources: how long texts are kept, and the erasure of one customer."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from conversations.models import Source
from conversations.services import erasing as texts
from conversations.services.erasing import LONGEST_DAYS
from conversations.tasks import index_conversations
from core.filtersets import FilterSet
from core.queueing import enqueue
from reviews.services import erasing


class ConversationSourceSerializer(serializers.ModelSerializer[Source]):
    """Where conversations come from; without `retention_days` their texts are kept for good."""

    class Meta:
        model = Source
        fields = ("id", "slug", "name", "retention_days", "created_at")
        read_only_fields = fields


class ConversationSourceChangeSerializer(serializers.Serializer[Any]):
    """For how many days after its end what was said in a conversation is kept; null keeps it for good."""

    retention_days = serializers.IntegerField(min_value=1, max_value=LONGEST_DAYS, allow_null=True)


class ErasureSerializer(serializers.Serializer[Any]):
    """Whose texts go: the id as the source gives it."""

    customer = serializers.CharField(max_length=255)


class ErasedSerializer(serializers.Serializer[Any]):
    """How much was erased."""

    conversations = serializers.IntegerField()
    rejects = serializers.IntegerField()


class SourceFilter(FilterSet):
    """Filter sources."""

    slug = django_filters.CharFilter(label="Short name")
    kept_for_good = django_filters.BooleanFilter(
        field_name="retention_days", lookup_expr="isnull", label="Whether texts are kept for good"
    )

    class Meta:
        model = Source
        fields: list[str] = []


class Sources(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Where conversations come from."""

    serializer_class = ConversationSourceSerializer
    filterset_class = SourceFilter
    model = Source
    write_scope = Scope.SETTINGS
    cursor_ordering = ("name", "id")
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(
        ("list", "retrieve", "update", "erase_customer"), (Permission.MANAGE_SETTINGS,)
    )

    def rows(self, user: User) -> Any:
        """Return all of them."""
        return Source.objects.visible_to(user)

    @extend_schema(request=ConversationSourceChangeSerializer, responses=ConversationSourceSerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Set for how long texts are kept. What is older is erased within the hour, for good."""
        source = self.get_object()
        form = ConversationSourceChangeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        days = form.validated_data["retention_days"]
        changed = texts.keep_texts(source, days, by=self.person, now=timezone.now())
        return Response(ConversationSourceSerializer(changed).data)

    @extend_schema(request=ErasureSerializer, responses=ErasedSerializer)
    @action(detail=True, methods=["post"], url_path="erase-customer")
    @idempotent
    def erase_customer(self, request: Request, pk: str) -> Response:
        """Erase one customer for good; scores stay. 409 while a file of the source is being read."""
        source = self.get_object()
        form = ErasureSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        customer = form.validated_data["customer"]
        erased = erasing.erase_customer(source, customer, by=self.person, now=timezone.now())
        enqueue(index_conversations)
        return Response({"conversations": len(erased.conversation_ids), "rejects": erased.rejects})
