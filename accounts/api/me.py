"""The API of what is one's own: who I am, my tokens and my jobs."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
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
from accounts.services import people, tokens
from core.api import etags
from core.api.jobs import JobSerializer
from core.filtersets import FilterSet
from core.models import Job
from core.refusals import Refused


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
    theme = serializers.ChoiceField(choices=User.Theme.choices)
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


class ProfileSerializer(serializers.Serializer[Any]):
    """What a person may change about themself."""

    name = serializers.CharField(max_length=120)
    time_zone = serializers.CharField(max_length=64)
    theme = serializers.ChoiceField(choices=User.Theme.choices)


class Me(Resource):
    """Who I am."""

    serializer_class = MeSerializer
    model = User
    write_scope = Scope.ACCOUNT
    doors: ClassVar[dict[str, Doors]] = {"retrieve": (), "update": ()}

    @extend_schema(operation_id="me")
    def retrieve(self, request: Request) -> Response:
        """Say who asks, with which roles, and what the token is for."""
        return self._shown(User.objects.get(pk=self.person.pk))

    @extend_schema(operation_id="me_update", request=ProfileSerializer, responses=MeSerializer)
    @etags.needs_match
    def update(self, request: Request) -> Response:
        """Change own name, time zone or appearance; 412 when that was done elsewhere meanwhile."""
        number, now = etags.matched_number(request), timezone.now()
        form = ProfileSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        sent = dict(form.validated_data)
        theme = sent.pop("theme")
        try:
            user = people.edit(self.person, **sent, number=number, by=self.person, now=now)
        except Refused as refused:
            raise etags.told(refused, stale="stale") from refused
        people.choose_theme(user, theme, by=user, now=now)
        return self._shown(user)

    def _shown(self, user: User) -> Response:
        token = self.request.auth
        grants = grants_of(self.person)
        body = {
            "id": user.pk,
            "email": user.email,
            "name": user.name,
            "time_zone": user.time_zone,
            "theme": user.theme,
            "grants": grants,
            "permissions": sorted({one.value for grant in grants for one in ROLES[grant.role].permissions}),
            "scopes": token.scopes if isinstance(token, ApiToken) else [one.value for one in Scope],
        }
        return Response(self.get_serializer(body).data, headers={"ETag": etags.tag(user.edit_number)})


class NewTokenSerializer(serializers.Serializer[Any]):
    """A token to make."""

    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=[one.value for one in Scope]), max_length=20)
    days = serializers.IntegerField(min_value=1, max_value=tokens.LONGEST_DAYS, default=tokens.DEFAULT_DAYS)


class MadeTokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token with its text, this once."""

    scopes = serializers.ListField(child=serializers.ChoiceField(choices=[one.value for one in Scope]))
    text = serializers.CharField(read_only=True)

    class Meta:
        model = ApiToken
        fields = (*TokenSerializer.Meta.fields, "text")
        read_only_fields = fields


class TokenFilter(FilterSet):
    """Filter own tokens by whether they still open anything."""

    is_usable = django_filters.BooleanFilter(method="by_use", label="Neither revoked nor expired")

    class Meta:
        model = ApiToken
        fields: list[str] = []

    def by_use(self, queryset: QuerySet[ApiToken], name: str, value: bool) -> QuerySet[ApiToken]:
        """Keep those that work now, or those that do no more."""
        works = Q(revoked_at=None, expires_at__gt=timezone.now())
        return queryset.filter(works if value else ~works)


class Tokens(mixins.ListModelMixin, Resource):
    """My tokens. One made with another may do no more and lasts no longer; Idempotency-Key is not read there,
    because the kept answer would hold the secret.
    """

    serializer_class = TokenSerializer
    filterset_class = TokenFilter
    model = ApiToken
    scopes: ClassVar[dict[str, Scope]] = {"create": Scope.ACCOUNT}
    doors: ClassVar[dict[str, Doors]] = {"list": (), "create": (), "revoke": ()}

    @extend_schema(request=NewTokenSerializer, responses={201: MadeTokenSerializer})
    def create(self, request: Request) -> Response:
        """Make a token; its text is in this answer and nowhere else."""
        form = NewTokenSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        maker = request.auth if isinstance(request.auth, ApiToken) else None
        made, text = tokens.create(self.person, **form.validated_data, maker=maker, by=self.person, now=timezone.now())
        made.text = text  # type: ignore[attr-defined]
        return Response(MadeTokenSerializer(made).data, status=201, headers={"Cache-Control": "no-store"})

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


class JobFilter(FilterSet):
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
