"""The API of one's own notifications."""

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
from accounts.models import Notification, User
from accounts.notification_words import sentence
from accounts.rest import Doors, Resource
from accounts.scopes import Scope
from accounts.services import notifications


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    """One thing that a person should know; `path` is the page where it leads."""

    sentence = serializers.SerializerMethodField()

    class Meta:
        model = Notification
        fields = ("id", "kind", "sentence", "path", "created_at", "read_at")
        read_only_fields = fields

    def get_sentence(self, row: Notification) -> str:
        """Return what happened, in words."""
        return sentence(row)


class NotificationFilter(django_filters.FilterSet):
    """Filter by what was read."""

    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull", label="Not opened yet")

    class Meta:
        model = Notification
        fields: list[str] = []


class DigestSerializer(serializers.Serializer[Any]):
    """Whether the daily mail is wanted."""

    wanted = serializers.BooleanField()


class ReadSerializer(serializers.Serializer[Any]):
    """How many were marked as read."""

    count = serializers.IntegerField()


class Notifications(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """What the product told the person who asks."""

    serializer_class = NotificationSerializer
    filterset_class = NotificationFilter
    model = Notification
    write_scope = Scope.FEEDBACK
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(("list", "retrieve", "read", "read_all", "digest"), ())

    def rows(self, user: User) -> Any:
        """Return one's own."""
        return Notification.objects.visible_to(user)

    @extend_schema(request=None, responses=NotificationSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def read(self, request: Request, pk: str) -> Response:
        """Mark one as read."""
        notifications.read(self.get_object(), now=timezone.now())
        return Response(NotificationSerializer(self.get_object()).data)

    @extend_schema(request=None, responses=ReadSerializer)
    @action(detail=False, methods=["post"], url_path="read-all")
    @idempotent
    def read_all(self, request: Request) -> Response:
        """Mark all as read."""
        return Response({"count": notifications.read_all(self.person, now=timezone.now())})

    @extend_schema(request=DigestSerializer, responses=DigestSerializer)
    @action(detail=False, methods=["post"])
    @idempotent
    def digest(self, request: Request) -> Response:
        """Switch the daily mail on or off."""
        form = DigestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        notifications.choose_digest(self.person, now=timezone.now(), **form.validated_data)
        return Response(form.validated_data)
