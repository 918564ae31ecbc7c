"""What the API says of people, and what it takes about them: explicit fields."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.forms import likely
from accounts.languages import languages
from accounts.models import Agent, AgentIdentity, RoleGrant, Team, User
from accounts.roles import Role


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


class TeamSentSerializer(serializers.Serializer[Any]):
    """A team as it is made and changed."""

    name = serializers.CharField(max_length=120)
    time_zone = serializers.CharField(max_length=64, default="UTC")


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


class IdentitySerializer(serializers.ModelSerializer[AgentIdentity]):
    """What one source calls an agent."""

    source = serializers.SlugField(max_length=60)  # type: ignore[assignment]  # a field that is called source

    class Meta:
        model = AgentIdentity
        fields = ("source", "external_id")
        validators = ()  # the service says whose it is already


class AgentSerializer(serializers.ModelSerializer[Agent]):
    """An agent, with the team of today."""

    team = serializers.SerializerMethodField()
    languages = serializers.ListField(child=serializers.CharField(), read_only=True)
    identities = IdentitySerializer(many=True, read_only=True)
    user = PersonRefSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Agent
        fields = (
            "id", "name", "level", "hired_on", "time_zone", "languages", "is_bot", "team", "identities", "user",
            "deactivated_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(TeamRefSerializer(allow_null=True))
    def get_team(self, agent: Agent) -> dict[str, Any] | None:
        """Return the team that the agent is in now."""
        today = agent.today  # type: ignore[attr-defined]  # brought along by the resource
        return {"id": today[0].team.pk, "name": today[0].team.name} if today else None


class AgentEditSerializer(serializers.Serializer[Any]):
    """What can be changed of an agent; everything is sent."""

    name = serializers.CharField(max_length=200)
    level = serializers.ChoiceField(choices=Agent.Level.choices)
    hired_on = serializers.DateField(allow_null=True)
    time_zone = serializers.CharField(max_length=64)
    languages = serializers.ListField(child=serializers.CharField(max_length=20), max_length=50)
    is_bot = serializers.BooleanField()

    def validate_hired_on(self, day: date | None) -> date | None:
        """Refuse a slip of the finger."""
        return _likely(day)

    def validate_languages(self, codes: list[str]) -> list[str]:
        """Refuse what is no code."""
        try:
            return languages(" ".join(codes))
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error


class AgentSentSerializer(AgentEditSerializer):
    """A new agent, known to one source by one id."""

    source = serializers.SlugField(max_length=60)  # type: ignore[assignment]  # a field that is called source
    external_id = serializers.CharField(max_length=255)
    level = serializers.ChoiceField(choices=Agent.Level.choices, default=Agent.Level.EXPERIENCED.value)
    hired_on = serializers.DateField(allow_null=True, default=None)
    time_zone = serializers.CharField(max_length=64, default="UTC")
    languages = serializers.ListField(child=serializers.CharField(max_length=20), max_length=50, default=list)
    is_bot = serializers.BooleanField(default=False)
    team = serializers.PrimaryKeyRelatedField(queryset=Team.objects.all(), allow_null=True, default=None)


class MoveSerializer(serializers.Serializer[Any]):
    """Where an agent goes; without a moment, from now on."""

    team = serializers.PrimaryKeyRelatedField(queryset=Team.objects.all(), allow_null=True)
    at = serializers.DateTimeField(required=False)


class LinkSerializer(serializers.Serializer[Any]):
    """Whose log-in an agent gets."""

    user = serializers.PrimaryKeyRelatedField(queryset=User.objects.filter(is_active=True))


class GrantSerializer(serializers.ModelSerializer[RoleGrant]):
    """A role, everywhere or in one team, from a moment and perhaps until one."""

    user = PersonRefSerializer()
    team = TeamRefSerializer(allow_null=True)

    class Meta:
        model = RoleGrant
        fields = ("id", "user", "role", "team", "starts_at", "ends_at")
        read_only_fields = fields


class GrantSentSerializer(serializers.Serializer[Any]):
    """A role to give; without a team everywhere, without a start from now on, without an end until it is ended."""

    user = serializers.PrimaryKeyRelatedField(queryset=User.objects.filter(is_active=True))
    role = serializers.ChoiceField(choices=Role.choices)
    team = serializers.PrimaryKeyRelatedField(queryset=Team.objects.all(), allow_null=True, default=None)
    starts_at = serializers.DateTimeField(required=False)
    ends_at = serializers.DateTimeField(allow_null=True, default=None)


class EndSerializer(serializers.Serializer[Any]):
    """When a role ends; without a moment, now."""

    at = serializers.DateTimeField(required=False)


class HeldSerializer(serializers.ModelSerializer[RoleGrant]):
    """A role in the line of the person who holds it."""

    team = TeamRefSerializer(allow_null=True)

    class Meta:
        model = RoleGrant
        fields = ("id", "role", "team", "ends_at")
        read_only_fields = fields


class UserSerializer(serializers.ModelSerializer[User]):
    """A log-in, with the roles of today."""

    grants = HeldSerializer(many=True, source="held")

    class Meta:
        model = User
        fields = ("id", "email", "name", "time_zone", "is_active", "joined_at", "last_login", "grants")
        read_only_fields = fields


class UserSentSerializer(serializers.Serializer[Any]):
    """A log-in as it is made and changed. There is no password in it: its owner sets one by the link."""

    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=120)
    time_zone = serializers.CharField(max_length=64, default="UTC")


class LoadedLineSerializer(serializers.Serializer[Any]):
    """What became of one row of a file."""

    line = serializers.IntegerField()
    result = serializers.ChoiceField(choices=["created", "updated", "unchanged", "rejected"])
    name = serializers.CharField()
    reason = serializers.CharField()


class LoadedSerializer(serializers.Serializer[Any]):
    """What became of a file of agents: each row is accounted for."""

    is_check = serializers.BooleanField()
    ignored = serializers.ListField(child=serializers.CharField())
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()
    lines = LoadedLineSerializer(many=True)


class AgentFileSerializer(serializers.Serializer[Any]):
    """A CSV file; with `is_check` nothing is changed."""

    file = serializers.FileField()
    is_check = serializers.BooleanField(default=False)


def _likely(day: date | None) -> date | None:
    try:
        return likely(day) if day else None
    except ValidationError as error:
        raise serializers.ValidationError(error.messages) from error
