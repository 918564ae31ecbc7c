"""The API of people: who I am, the teams and agents within reach, and my tokens."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import grants_of
from accounts.idempotency import idempotent
from accounts.models import Agent, ApiToken, Team, TeamMembership, User
from accounts.rest import Doors, Resource
from accounts.roles import ROLES, Permission, Role
from accounts.scopes import Scope
from accounts.services import tokens
from core.api.jobs import JobSerializer
from core.models import Job


class TeamSerializer(serializers.ModelSerializer[Team]):
    """A team."""

    class Meta:
        model = Team
        fields = ("id", "name", "slug", "time_zone", "archived_at")
        read_only_fields = fields


class TeamRefSerializer(serializers.ModelSerializer[Team]):
    """A team in a line of something else."""

    class Meta:
        model = Team
        fields = ("id", "name")
        read_only_fields = fields


class AgentRefSerializer(serializers.ModelSerializer[Agent]):
    """An agent in a line of something else."""

    class Meta:
        model = Agent
        fields = ("id", "name")
        read_only_fields = fields


class PersonRefSerializer(serializers.ModelSerializer[User]):
    """A person with a log-in, in a line of something else."""

    class Meta:
        model = User
        fields = ("id", "name")
        read_only_fields = fields


class AgentSerializer(serializers.ModelSerializer[Agent]):
    """An agent, with the team of today."""

    team = serializers.SerializerMethodField()
    languages = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Agent
        fields = (
            "id", "name", "level", "hired_on", "time_zone", "languages", "is_bot", "team", "deactivated_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(TeamRefSerializer(allow_null=True))
    def get_team(self, agent: Agent) -> dict[str, Any] | None:
        """Return the team that the agent is in now."""
        today = agent.today  # type: ignore[attr-defined]  # brought along by the resource
        return {"id": today[0].team.pk, "name": today[0].team.name} if today else None


class GrantSerializer(serializers.Serializer[Any]):
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
    grants = GrantSerializer(many=True)
    permissions = serializers.ListField(child=serializers.ChoiceField(choices=[one.value for one in Permission]))
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=[one.value for one in Scope]))


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token without its text."""

    scopes = serializers.ListField(child=serializers.ChoiceField(choices=[one.value for one in Scope]))

    class Meta:
        model = ApiToken
        fields = ("id", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")
        read_only_fields = fields


class AgentFilter(django_filters.FilterSet):
    """Filter agents by name, level and kind."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", max_length=200, label="Name")
    level = django_filters.ChoiceFilter(choices=Agent.Level.choices, label="Level")
    is_bot = django_filters.BooleanFilter(label="Bots only, or people only")

    class Meta:
        model = Agent
        fields: list[str] = []


class TeamFilter(django_filters.FilterSet):
    """Filter teams by name."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", max_length=200, label="Name")

    class Meta:
        model = Team
        fields: list[str] = []


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


class Teams(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """The teams in which a person holds a role."""

    serializer_class = TeamSerializer
    filterset_class = TeamFilter
    model = Team
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(
        ("list", "retrieve"), (Permission.READ_REVIEWS, Permission.SEE_TEAM, Permission.MANAGE_PEOPLE)
    )

    def rows(self, user: User) -> Any:
        """Return the teams within reach."""
        return Team.objects.visible_to(user)


class Agents(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """The agents whose record a person may open."""

    serializer_class = AgentSerializer
    filterset_class = AgentFilter
    model = Agent
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(("list", "retrieve"), (Permission.SEE_AGENTS,))

    def rows(self, user: User) -> Any:
        """Return the agents within reach, with their team of today."""
        today = TeamMembership.objects.filter(ends_at=None).select_related("team")
        return Agent.objects.visible_to(user).prefetch_related(Prefetch("memberships", today, to_attr="today"))


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
