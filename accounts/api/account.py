"""The API of one's own sessions, and of the settings of the installation."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import policies
from accounts.idempotency import idempotent
from accounts.models import ApiToken, User, Workspace
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from accounts.selectors import sessions_of
from accounts.services import sessions
from accounts.services import workspace as settings
from accounts.settings_form import LONGEST_WAIT
from core.api import etags
from core.filtersets import FilterSet, FromDay, ToDay
from core.refusals import Refused, refuse


class SessionSerializer(serializers.ModelSerializer[UserSession]):
    """Where a person is signed in."""

    is_current = serializers.SerializerMethodField()

    class Meta:
        model = UserSession
        fields = ("id", "ip", "user_agent", "created_at", "is_current")
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.BOOL)
    def get_is_current(self, session: UserSession) -> bool:
        """Say whether this very request belongs to it; never with a token."""
        request = self.context["request"]
        is_token = isinstance(request.auth, ApiToken)
        return not is_token and session.session_key == request.session.session_key


class SessionFilter(FilterSet):
    """Filter by the day of signing in."""

    since = FromDay("created_at")
    until = ToDay("created_at")

    class Meta:
        model = UserSession
        fields: list[str] = []


class Sessions(mixins.ListModelMixin, Resource):
    """Where I am signed in."""

    serializer_class = SessionSerializer
    filterset_class = SessionFilter
    model = UserSession
    write_scope = Scope.ACCOUNT
    doors: ClassVar[dict[str, Doors]] = {"list": (), "end": (), "end_others": ()}

    def rows(self, user: User) -> Any:
        """Return the person's own."""
        return sessions_of(user, now=timezone.now())

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    @idempotent
    def end(self, request: Request, pk: str) -> Response:
        """Sign out there."""
        sessions.end(self.get_object(), by=self.person, now=timezone.now())
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    @action(detail=False, methods=["post"], url_path="end-others", pagination_class=None)
    @idempotent
    def end_others(self, request: Request) -> Response:
        """Sign out everywhere else; with a token, everywhere."""
        sessions.end_all(self.person, by=self.person, now=timezone.now())
        if not isinstance(request.auth, ApiToken):
            request.session.cycle_key()
            update_session_auth_hash(request._request, self.person)
        return Response(status=204)


class WorkspaceSerializer(serializers.ModelSerializer[Workspace]):
    """The settings of the installation; everything but `is_demo` is sent to change them."""

    name = serializers.CharField(max_length=120)
    time_zone = serializers.CharField(max_length=64)
    shows_reviewer_name = serializers.BooleanField()
    second_reader_for_card_fail = serializers.BooleanField()
    edit_window_minutes = serializers.IntegerField(min_value=0, max_value=LONGEST_WAIT)
    dispute_window_days = serializers.IntegerField(min_value=0, max_value=90)
    dispute_due_days = serializers.IntegerField(min_value=1, max_value=90)
    second_look_excludes_lead = serializers.BooleanField()
    second_factor = serializers.ChoiceField(choices=Workspace.SecondFactor.choices)

    class Meta:
        model = Workspace
        fields = (
            "name", "time_zone", "shows_reviewer_name", "second_reader_for_card_fail", "edit_window_minutes",
            "dispute_window_days", "dispute_due_days", "second_look_excludes_lead", "second_factor", "is_demo",
        )  # fmt: skip
        read_only_fields = ("is_demo",)


class WorkspaceSettings(Resource):
    """The settings of the installation."""

    serializer_class = WorkspaceSerializer
    model = Workspace
    write_scope = Scope.SETTINGS
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(("retrieve", "update"), (Permission.MANAGE_SETTINGS,))

    def check_permissions(self, request: Request) -> None:
        """Refuse a role that is limited to a team, too."""
        super().check_permissions(request)
        refuse(policies.why_not_change_settings(request.user))

    @extend_schema(operation_id="workspace_retrieve")
    def retrieve(self, request: Request) -> Response:
        """Show the settings; the ETag is what a change names."""
        return self._shown(Workspace.current())

    @extend_schema(operation_id="workspace_update")
    @etags.needs_match
    def update(self, request: Request) -> Response:
        """Change the settings; 412 when somebody else was faster."""
        number, sent = etags.matched_number(request), self.sent()
        try:
            changed = settings.change(**sent, number=number, by=self.person, now=timezone.now())
        except Refused as refused:
            raise etags.told(refused, stale="stale") from refused
        return self._shown(changed)

    def _shown(self, workspace: Workspace) -> Response:
        tag = etags.tag(workspace.edit_number)
        return Response(WorkspaceSerializer(workspace).data, headers={"ETag": tag})
