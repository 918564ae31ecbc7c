"""The API of agents: within reach to read, for those who manage people to change, one by one or as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import agent_rows, policies
from accounts.api.serializers import (
    AgentEditSerializer,
    AgentFileSerializer,
    AgentSentSerializer,
    AgentSerializer,
    IdentitySerializer,
    LinkSerializer,
    LoadedSerializer,
    MoveSerializer,
)
from accounts.filters import AgentFilter
from accounts.idempotency import idempotent
from accounts.models import Agent, User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from accounts.selectors import agents_csv, with_team_of_today
from accounts.services import agent_files, agents
from core.api import etags
from core.refusals import Refused, refuse

MANAGERS: Doors = (Permission.MANAGE_PEOPLE,)
VERBS = (
    "create", "update", "move", "link", "unlink", "identify", "deactivate", "reactivate", "export", "upload",
)  # fmt: skip


class Agents(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Agents: those whose record a person may open, and all of them for who manages people."""

    serializer_class = AgentSerializer
    filterset_class = AgentFilter
    model = Agent
    write_scope = Scope.PEOPLE
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(("list", "retrieve"), (Permission.SEE_AGENTS, Permission.MANAGE_PEOPLE)),
        **dict.fromkeys(VERBS, MANAGERS),
    }

    def check_permissions(self, request: Request) -> None:
        """Refuse a role that is limited to a team, where everybody's agents are changed."""
        super().check_permissions(request)
        if self.action in VERBS:
            refuse(policies.why_not_manage_people(request.user))

    def rows(self, user: User) -> Any:
        """Return the agents within reach, with their team of today."""
        listed = Agent.objects.listed_for(user).select_related("user").prefetch_related("identities")
        return with_team_of_today(listed)

    def get_parsers(self) -> Any:
        """Read a file where one is expected."""
        is_upload = getattr(self, "action_map", {}).get("post") == "upload"
        wants_file = is_upload and (self.request is None or self.request.method == "POST")
        return [MultiPartParser()] if wants_file else super().get_parsers()

    @extend_schema(responses=AgentSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one agent; the ETag is what a change names."""
        return self._shown(self.get_object())

    @extend_schema(request=AgentSentSerializer, responses={201: AgentSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Make an agent whom no import has brought yet."""
        form = AgentSentSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        sent, now = dict(form.validated_data), timezone.now()
        team = sent.pop("team")
        with transaction.atomic():
            made = agents.create_agent(sent.pop("name"), **sent, by=self.person, now=now)
            if team is not None:
                agents.move(made, team, by=self.person, now=now)
        return self._shown(self.get_queryset().get(pk=made.pk), status=201)

    @extend_schema(request=AgentEditSerializer, responses=AgentSerializer)
    @etags.needs_match
    def update(self, request: Request, pk: str) -> Response:
        """Change what is known of an agent; 412 when somebody else was faster."""
        found, number = self.get_object(), etags.matched_number(request)
        form = AgentEditSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            agents.edit(found, **form.validated_data, number=number, by=self.person, now=timezone.now())
        except Refused as refused:
            raise etags.told(refused, stale="stale") from refused
        return self._shown(self.get_object())

    @extend_schema(request=MoveSerializer, responses=AgentSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def move(self, request: Request, pk: str) -> Response:
        """Put an agent into a team, or into none, from now on or from a moment that is past."""
        found = self.get_object()
        form = MoveSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        sent = form.validated_data
        agents.move(found, sent["team"], at=sent.get("at"), by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    @extend_schema(request=LinkSerializer, responses=AgentSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def link(self, request: Request, pk: str) -> Response:
        """Give an agent the log-in of a person."""
        found = self.get_object()
        form = LinkSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        agents.link(found, form.validated_data["user"], by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    @extend_schema(request=None, responses=AgentSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def unlink(self, request: Request, pk: str) -> Response:
        """Take the log-in of an agent away."""
        return self._done(agents.unlink)

    @extend_schema(request=IdentitySerializer, responses=AgentSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def identify(self, request: Request, pk: str) -> Response:
        """Note another number by which a source knows an agent."""
        found = self.get_object()
        form = IdentitySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        agents.identify(found, **form.validated_data, by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    @extend_schema(request=None, responses=AgentSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def deactivate(self, request: Request, pk: str) -> Response:
        """Note that an agent has left."""
        return self._done(agents.deactivate)

    @extend_schema(request=None, responses=AgentSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def reactivate(self, request: Request, pk: str) -> Response:
        """Note that an agent is back."""
        return self._done(agents.reactivate)

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR}, filters=True)
    @action(detail=False, methods=["get"], pagination_class=None, filterset_class=AgentFilter)
    def export(self, request: Request) -> HttpResponseBase:
        """Download the agents that the filters leave as CSV; `upload` takes it back."""
        return agents_csv(self.filter_queryset(Agent.objects.listed_for(self.person)))

    @extend_schema(request={"multipart/form-data": AgentFileSerializer}, responses=LoadedSerializer)
    @action(detail=False, methods=["post"], pagination_class=None, filterset_class=None)
    @idempotent
    def upload(self, request: Request) -> Response:
        """Take a CSV file in: each row is created, updated, unchanged or rejected with its reason."""
        form = AgentFileSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        table = agent_rows.read(form.validated_data["file"].read(agent_rows.LARGEST + 1))
        is_check = form.validated_data["is_check"]
        outcome = agent_files.load(table, is_check=is_check, by=self.person, now=timezone.now())
        counts = {result: outcome.count(result) for result in ("created", "updated", "unchanged", "rejected")}
        body = {"is_check": is_check, "ignored": outcome.ignored, "lines": outcome.lines, **counts}
        return Response(LoadedSerializer(body).data)

    def _done(self, verb: Callable[..., Agent]) -> Response:
        verb(self.get_object(), by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    def _shown(self, agent: Agent, *, status: int = 200) -> Response:
        return Response(AgentSerializer(agent).data, status=status, headers={"ETag": etags.tag(agent.edit_number)})
