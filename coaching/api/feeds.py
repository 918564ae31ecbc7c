"""The API of one's own calendar feed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from coaching.models import CalendarFeed
from coaching.selectors.sessions import feed_of
from coaching.services import feeds

BOTH = (Permission.COACH, Permission.WORK_ON_OWN_PLAN)


class CalendarFeedSerializer(serializers.Serializer[Any]):
    """Whether there is a feed; its address is shown when it is made, and never again."""

    created_at = serializers.DateTimeField(allow_null=True)
    last_read_at = serializers.DateTimeField(allow_null=True)


class MadeFeedSerializer(CalendarFeedSerializer):
    """A feed with its address, this once."""

    address = serializers.URLField()


class CalendarFeeds(Resource):
    """The secret address under which a calendar finds one's own 1:1 sessions."""

    serializer_class = CalendarFeedSerializer
    model = CalendarFeed
    write_scope = Scope.ACCOUNT
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(("retrieve", "create", "revoke"), BOTH)

    @extend_schema(operation_id="calendar_feed_retrieve")
    def retrieve(self, request: Request) -> Response:
        """Say whether there is a feed, and when a calendar read it last."""
        found = feed_of(self.person)
        values = {name: getattr(found, name, None) for name in ("created_at", "last_read_at")}
        return Response(CalendarFeedSerializer(values).data)

    @extend_schema(operation_id="calendar_feed_create", request=None, responses={201: MadeFeedSerializer})
    def create(self, request: Request) -> Response:
        """Make an address; the one before opens nothing any more."""
        made, secret = feeds.open_feed(self.person, by=self.person, now=timezone.now())
        address = request.build_absolute_uri(reverse("coaching:feed", args=[secret]))
        values = {"created_at": made.created_at, "last_read_at": None, "address": address}
        return Response(MadeFeedSerializer(values).data, status=201)

    @extend_schema(operation_id="calendar_feed_revoke_create", request=None, responses={204: None})
    @idempotent
    def revoke(self, request: Request) -> Response:
        """Take the address back."""
        feeds.revoke(self.person, by=self.person, now=timezone.now())
        return Response(status=204)
