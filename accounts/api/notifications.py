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
from accounts.notification_words import REMINDERS, SAYINGS, sentence
from accounts.rest import Doors, Resource
from accounts.scopes import Scope
from accounts.services import notifications
from core.filtersets import FilterSet, FromDay


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


class NotificationFilter(FilterSet):
    """Filter by what was opened, by kind and by day."""

    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull", label="Not opened yet")
    kind = django_filters.ChoiceFilter(choices=[(kind, kind) for kind in SAYINGS], label="Kind")
    since = FromDay("created_at")

    class Meta:
        model = Notification
        fields: list[str] = []


class DigestSerializer(serializers.Serializer[Any]):
    """Whether the daily mail is wanted."""

    wanted = serializers.BooleanField()


class ReminderSerializer(serializers.Serializer[Any]):
    """A kind of reminder, and whether it comes."""

    kind = serializers.CharField()
    sentence = serializers.CharField()
    is_wanted = serializers.BooleanField()


class RemindersSerializer(serializers.Serializer[Any]):
    """The kinds that are not wanted; all others come."""

    off = serializers.ListField(child=serializers.CharField(max_length=60), max_length=20)


class ReadSerializer(serializers.Serializer[Any]):
    """How many were marked as read."""

    count = serializers.IntegerField()


class Notifications(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """What the product told the person who asks."""

    serializer_class = NotificationSerializer
    filterset_class = NotificationFilter
    model = Notification
    write_scope = Scope.FEEDBACK
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(
        ("list", "retrieve", "read", "read_all", "digest", "reminders", "choose_reminders"), ()
    )

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

    @extend_schema(responses=ReminderSerializer(many=True))
    @action(detail=False, pagination_class=None, filterset_class=None)
    def reminders(self, request: Request) -> Response:
        """List the kinds of reminders, and which of them come."""
        return Response(self._reminders())

    @extend_schema(request=RemindersSerializer, responses=ReminderSerializer(many=True))
    @reminders.mapping.post
    @idempotent
    def choose_reminders(self, request: Request) -> Response:
        """Switch some kinds off, and all others on."""
        form = RemindersSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        notifications.choose_reminders(self.person, now=timezone.now(), **form.validated_data)
        return Response(self._reminders())

    def _reminders(self) -> Any:
        off = User.objects.values_list("reminders_off", flat=True).get(pk=self.person.pk)
        rows = [
            {"kind": kind, "sentence": str(words), "is_wanted": kind not in off}
            for kind, (words, _permissions) in REMINDERS.items()
        ]
        return ReminderSerializer(rows, many=True).data
