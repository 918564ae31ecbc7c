"""The API of people: who I am, log-ins, roles, teams, agents, settings and tokens."""

from accounts.api.serializers import AgentRefSerializer, PersonRefSerializer, TeamRefSerializer

__all__ = ["AgentRefSerializer", "PersonRefSerializer", "TeamRefSerializer"]
