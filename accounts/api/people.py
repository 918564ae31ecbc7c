"""The API of log-ins, roles and teams, for those who look after the whole installation."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import policies
from accounts.api.serializers import (
    EndSerializer,
    GrantSentSerializer,
    GrantSerializer,
    TeamSentSerializer,
    TeamSerializer,
    UserSentSerializer,
    UserSerializer,
)
from accounts.filters import GrantFilter, PersonFilter, TeamFilter
from accounts.idempotency import idempotent
from accounts.links import mail_link
from accounts.models import RoleGrant, Team, User
from accounts.rest import Doors, Resource
from accounts.roles import Permission, Role
from accounts.scopes import Scope
from accounts.services import grants, people, teams
from core.api import etags
from core.refusals import Refusal, Refused, refuse

MANAGERS: Doors = (Permission.MANAGE_PEOPLE,)


class ManagedPeople(Resource):
    """What only those see and change who look after the people of every team."""

    write_scope = Scope.PEOPLE

    def check_permissions(self, request: Request) -> None:
        """Refuse a role that is limited to a team, too."""
        super().check_permissions(request)
        refuse(policies.why_not_manage_people(request.user))


class Users(mixins.ListModelMixin, mixins.RetrieveModelMixin, ManagedPeople):
    """Log-ins. What a person may do is in their grants."""

    serializer_class = UserSerializer
    filterset_class = PersonFilter
    model = User
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(
        ("list", "retrieve", "create", "update", "deactivate", "reactivate", "send_link"), MANAGERS
    )

    def rows(self, user: User) -> Any:
        """Return all log-ins with the roles of today."""
        held = RoleGrant.objects.active(timezone.now()).select_related("team")
        return User.objects.prefetch_related(Prefetch("grants", held, to_attr="held"))

    @extend_schema(responses=UserSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one log-in; the ETag is what a change names."""
        return self._shown(self.get_object())

    @extend_schema(request=UserSentSerializer, responses={201: UserSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Make a log-in and mail its owner the link to set a password."""
        form = UserSentSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        made = people.create_user(**form.validated_data, by=self.person, now=timezone.now())
        if mail_link(made, request._request):
            people.note_link_sent(made, by=self.person, now=timezone.now())
        return self._shown(self.get_queryset().get(pk=made.pk), status=201)

    @extend_schema(request=UserSentSerializer, responses=UserSerializer)
    @etags.needs_match
    def update(self, request: Request, pk: str) -> Response:
        """Change address, name or time zone; 412 when somebody else was faster."""
        found, number = self.get_object(), etags.matched_number(request)
        form = UserSentSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            people.edit(found, **form.validated_data, number=number, by=self.person, now=timezone.now())
        except Refused as refused:
            raise etags.told(refused, stale="stale") from refused
        return self._shown(self.get_object())

    @extend_schema(request=None, responses=UserSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def deactivate(self, request: Request, pk: str) -> Response:
        """Close a log-in: sessions end and tokens are revoked at once, holds return within a minute."""
        people.deactivate(self.get_object(), by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    @extend_schema(request=None, responses=UserSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def reactivate(self, request: Request, pk: str) -> Response:
        """Open a log-in again; its tokens stay revoked."""
        people.reactivate(self.get_object(), by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"], url_path="send-link")
    @idempotent
    def send_link(self, request: Request, pk: str) -> Response:
        """Mail the link to set a password once more."""
        found = self.get_object()
        refuse(policies.why_not_send_link(self.person, found))
        if not mail_link(found, request._request):
            raise Refused(Refusal("mail_not_taken", 409, "The mail server did not take the link. Try again later."))
        people.note_link_sent(found, by=self.person, now=timezone.now())
        return Response(status=204)

    def _shown(self, user: User, *, status: int = 200) -> Response:
        return Response(UserSerializer(user).data, status=status, headers={"ETag": etags.tag(user.edit_number)})


class Grants(mixins.ListModelMixin, mixins.RetrieveModelMixin, ManagedPeople):
    """Roles that people hold, held or will hold."""

    serializer_class = GrantSerializer
    filterset_class = GrantFilter
    model = RoleGrant
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(("list", "retrieve", "create", "end"), MANAGERS)

    def rows(self, user: User) -> Any:
        """Return all grants, past and to come."""
        return RoleGrant.objects.visible_to(user).select_related("user", "team")

    @extend_schema(request=GrantSentSerializer, responses={201: GrantSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Give a person a role; one that overlaps with another of the same is refused."""
        form = GrantSentSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        sent = dict(form.validated_data)
        user, role = sent.pop("user"), Role(sent.pop("role"))
        given = grants.grant(user, role, **sent, by=self.person, now=timezone.now())
        return Response(GrantSerializer(given).data, status=201)

    @extend_schema(request=EndSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    @idempotent
    def end(self, request: Request, pk: str) -> Response:
        """End a role now or at a moment to come; one that has not begun by then is taken back."""
        found = self.get_object()
        form = EndSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        grants.end(found, at=form.validated_data.get("at"), by=self.person, now=timezone.now())
        return Response(status=204)


class Teams(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """The teams in which a person holds a role; those who manage people change them."""

    serializer_class = TeamSerializer
    filterset_class = TeamFilter
    model = Team
    write_scope = Scope.PEOPLE
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(("list", "retrieve"), (Permission.READ_REVIEWS, Permission.SEE_TEAM, Permission.MANAGE_PEOPLE)),
        **dict.fromkeys(("create", "update", "archive", "restore"), MANAGERS),
    }

    def rows(self, user: User) -> Any:
        """Return the teams within reach."""
        return Team.objects.visible_to(user)

    @extend_schema(request=TeamSentSerializer, responses={201: TeamSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Make a team."""
        form = TeamSentSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        made = teams.create_team(**form.validated_data, by=self.person, now=timezone.now())
        return Response(TeamSerializer(made).data, status=201)

    @extend_schema(request=TeamSentSerializer, responses=TeamSerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Rename a team, or change its time zone; its short name stays."""
        found = self.get_object()
        form = TeamSentSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        edited = teams.edit(found, **form.validated_data, by=self.person, now=timezone.now())
        return Response(TeamSerializer(edited).data)

    @extend_schema(request=None, responses=TeamSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def archive(self, request: Request, pk: str) -> Response:
        """Take an empty team out of use."""
        return Response(TeamSerializer(teams.archive(self.get_object(), by=self.person, now=timezone.now())).data)

    @extend_schema(request=None, responses=TeamSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def restore(self, request: Request, pk: str) -> Response:
        """Take an archived team into use again."""
        return Response(TeamSerializer(teams.restore(self.get_object(), by=self.person, now=timezone.now())).data)
