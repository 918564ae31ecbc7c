"""The API of what is one's own: who I am, my tokens and my jobs."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import grants_of
from accounts.api.serializers import TeamRefSerializer
from accounts.idempotency import idempotent
from accounts.models import ApiToken, User
from accounts.rest import Doors, Resource
from accounts.roles import ROLES, Permission, Role
from accounts.scopes import Scope
from accounts.services import tokens
from core.api.jobs import JobSerializer
from core.models import Job


class OwnGrantSerializer(serializers.Serializer[Any]):
    """A role, everywhere or in one team."""

    role = serializers.ChoiceField(choices=Role.choices)
    team = TeamRefSerializer(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)


class MeSerializer(serializers.Serializer[Any]):
    """The person who asks, and what they may do."""

    id = serializers.IntegerField()
    email = serializers.EmailField()
    name = serializers.CharField()
    time_zone = serializers.CharField()
    grants = OwnGrantSerializer(many=True)
    permissions = serializers.ListField(child=serializers.ChoiceField(choices=[one.value for one in Permission]))
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=[one.value for one in Scope]))


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token without its text."""

    scopes = serializers.ListField(child=serializers.ChoiceField(choices=[one.value for one in Scope]))

    class Meta:
        model = ApiToken
        fields = ("id", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")
        read_only_fields = fields


class Me(Resource):
    """Who I am."""

    serializer_class = MeSerializer
    model = User
    doors: ClassVar[dict[str, Doors]] = {"retrieve": ()}

    @extend_schema(operation_id="me")
    def retrieve(self, request: Request) -> Response:
        """Say who asks, with which roles, and what the token is for."""
        user, token = self.person, request.auth
        grants = grants_of(user)
        body = {
            "id": user.pk,
            "email": user.email,
            "name": user.name,
            "time_zone": user.time_zone,
            "grants": grants,
            "permissions": sorted({one.value for grant in grants for one in ROLES[grant.role].permissions}),
            "scopes": token.scopes if isinstance(token, ApiToken) else [one.value for one in Scope],
        }
        return Response(self.get_serializer(body).data)


class Tokens(mixins.ListModelMixin, Resource):
    """My tokens. New ones are made with `manage.py create_token`, never with another token."""

    serializer_class = TokenSerializer
    model = ApiToken
    doors: ClassVar[dict[str, Doors]] = {"list": (), "revoke": ()}

    def rows(self, user: User) -> Any:
        """Return the person's own."""
        return ApiToken.objects.visible_to(user)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    @idempotent
    def revoke(self, request: Request, pk: str) -> Response:
        """Take a token out of use for good, such as one that was left somewhere."""
        tokens.revoke(self.get_object(), by=self.person, now=timezone.now())
        return Response(status=204)


class JobFilter(django_filters.FilterSet):
    """Filter jobs by kind and status."""

    kind = django_filters.CharFilter(max_length=40, label="Kind")
    status = django_filters.ChoiceFilter(choices=Job.Status.choices, label="Status")

    class Meta:
        model = Job
        fields: list[str] = []


class Jobs(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """The background jobs that a person started."""

    serializer_class = JobSerializer
    filterset_class = JobFilter
    model = Job
    doors: ClassVar[dict[str, Doors]] = {"list": (), "retrieve": ()}

    def rows(self, user: User) -> Any:
        """Return the person's own."""
        return Job.objects.visible_to(user)
