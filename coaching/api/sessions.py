"""The API of 1:1 sessions. Private notes have a door of their own."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import PersonRefSerializer
from accounts.idempotency import idempotent
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from coaching.calendars import calendar_file
from coaching.models import Plan, PrivateNote, Session
from coaching.selectors.sessions import WHOLE, address_of, appointment
from coaching.services import sessions
from coaching.services.sessions import SessionEdit
from core.api import etags
from core.filtersets import FilterSet, FromDay, KeyFilter, ToDay
from core.refusals import Refused

BOTH: Doors = (Permission.COACH, Permission.WORK_ON_OWN_PLAN)


class CoachingSessionSerializer(serializers.ModelSerializer[Session]):
    """A session about a plan. Private notes are no part of it."""

    class Meta:
        model = Session
        fields = (
            "id", "plan", "status", "starts_at", "minutes", "place", "agenda", "notes", "agent_confirmed_at",
            "coach_confirmed_at", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class PlanOf(serializers.PrimaryKeyRelatedField[Plan]):
    """A plan that the person coaches."""

    def get_queryset(self) -> Any:
        """Return the plans within reach."""
        return Plan.objects.coached_by(self.context["request"].user).select_related("agent", "skill")


class TimesSerializer(serializers.Serializer[Any]):
    """When and where, and what about."""

    starts_at = serializers.DateTimeField()
    minutes = serializers.IntegerField(min_value=5, max_value=480, default=30)
    place = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    agenda = serializers.CharField(max_length=8000, required=False, allow_blank=True, default="")


class ArrangeSerializer(TimesSerializer):
    """A session to arrange; without an agenda it takes the plan's."""

    plan = PlanOf(queryset=Plan.objects.none())


class SessionEditSerializer(TimesSerializer):
    """The whole of what can be changed."""

    notes = serializers.CharField(max_length=20000, required=False, allow_blank=True, default="")


class PrivateNoteSerializer(serializers.ModelSerializer[PrivateNote]):
    """What a coach keeps about a session."""

    author = PersonRefSerializer(allow_null=True, read_only=True)

    class Meta:
        model = PrivateNote
        fields = ("id", "author", "text", "created_at")
        read_only_fields = fields


class PrivateNoteInputSerializer(serializers.Serializer[Any]):
    """A note to keep."""

    text = serializers.CharField(max_length=8000)


class SessionFilter(FilterSet):
    """Filter sessions by plan, agent, status and day."""

    plan = KeyFilter(label="Plan")
    agent = KeyFilter(field_name="plan__agent", label="Agent")
    status = django_filters.ChoiceFilter(choices=Session.Status.choices, label="Status")
    since = FromDay("starts_at")
    until = ToDay("starts_at")

    class Meta:
        model = Session
        fields: list[str] = []


class CoachingSessions(mixins.ListModelMixin, Resource):
    """Sessions about the plans that a person coaches, and own ones once the plan is shared."""

    serializer_class = CoachingSessionSerializer
    filterset_class = SessionFilter
    model = Session
    write_scope = Scope.COACH
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(("list", "retrieve", "confirm", "calendar"), BOTH),
        **dict.fromkeys(("create", "update", "miss", "cancel"), (Permission.COACH,)),
        **dict.fromkeys(("private_notes", "keep_private_note"), (Permission.KEEP_PRIVATE_NOTES,)),
    }

    def rows(self, user: User) -> Any:
        """Return the sessions within reach."""
        both = self.action in {"list", "retrieve", "confirm", "calendar"}
        rows = Session.objects.visible_to(user) if both else Session.objects.coached_by(user)
        return rows.select_related(*WHOLE).order_by("-starts_at", "-pk")

    @extend_schema(responses=CoachingSessionSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one session; the ETag is what a change names."""
        return self._shown(self.get_object())

    @extend_schema(request=ArrangeSerializer, responses={201: CoachingSessionSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Arrange a session about a plan."""
        form = ArrangeSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        made = sessions.arrange(**form.validated_data, by=self.person, now=timezone.now())
        return self._shown(made, status=201)

    @extend_schema(request=SessionEditSerializer, responses=CoachingSessionSerializer)
    @etags.needs_match
    def update(self, request: Request, pk: str) -> Response:
        """Change time, place, agenda and shared notes; 412 when somebody else was faster."""
        found, number = self.get_object(), etags.matched_number(request)
        form = SessionEditSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            sessions.change(
                found, SessionEdit(number=number, **form.validated_data), by=self.person, now=timezone.now()
            )
        except Refused as refused:
            raise etags.told(refused, stale="stale_session") from refused
        return self._shown(self.get_object())

    @extend_schema(request=None, responses=CoachingSessionSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def confirm(self, request: Request, pk: str) -> Response:
        """Say for one's own side that a session took place; it is held when both have."""
        sessions.confirm(self.get_object(), by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    @extend_schema(request=None, responses=CoachingSessionSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def miss(self, request: Request, pk: str) -> Response:
        """Say that nobody came."""
        sessions.miss(self.get_object(), by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    @extend_schema(request=None, responses=CoachingSessionSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel a planned session."""
        sessions.cancel(self.get_object(), by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    @extend_schema(responses={(200, "text/calendar"): OpenApiTypes.STR})
    @action(detail=True, pagination_class=None, filterset_class=None)
    def calendar(self, request: Request, pk: str) -> HttpResponse:
        """Hand out the calendar file of a session."""
        found = self.get_object()
        address = request.build_absolute_uri(address_of(found, user=self.person))
        return HttpResponse(
            calendar_file(appointment(found, address=address)),
            content_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="one-to-one-{found.pk}.ics"'},
        )

    @extend_schema(responses=PrivateNoteSerializer(many=True))
    @action(detail=True, url_path="private-notes", pagination_class=None, filterset_class=None)
    def private_notes(self, request: Request, pk: str) -> Response:
        """List the private notes that a person may read: own ones, or all with the permission everywhere."""
        rows = PrivateNote.objects.visible_to(self.person).filter(session=self.get_object()).select_related("author")
        return Response(PrivateNoteSerializer(rows, many=True).data)

    @extend_schema(request=PrivateNoteInputSerializer, responses={201: PrivateNoteSerializer})
    @private_notes.mapping.post
    @idempotent
    def keep_private_note(self, request: Request, pk: str) -> Response:
        """Keep a private note; the agent never reads it."""
        found = self.get_object()
        form = PrivateNoteInputSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        made = sessions.note(found, **form.validated_data, by=self.person, now=timezone.now())
        return Response(PrivateNoteSerializer(made).data, status=201)

    def _shown(self, session: Session, *, status: int = 200) -> Response:
        body = CoachingSessionSerializer(session).data
        return Response(body, status=status, headers={"ETag": etags.tag(session.edit_number)})
