"""The API of calibration sessions: set up, start, reveal, agree, resolve, close, cancel."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from accounts.models import Team, User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from core.api.jobs import JobSerializer
from core.models import Job
from core.queueing import enqueue
from core.refusals import Refusal, Refused
from reviews.api.calibration_serializers import (
    AgreedAnswersSerializer,
    CalibratedConversationSerializer,
    CalibrationReplaySerializer,
    CalibrationSessionDetailSerializer,
    CalibrationSessionSentSerializer,
    CalibrationSessionSerializer,
)
from reviews.filters import CalibrationFilter
from reviews.models import CalibrationSession
from reviews.selectors import calibration_frames
from reviews.selectors.calibration_pages import listed, session_page
from reviews.selectors.calibration_units import UnitPage, unit_page
from reviews.services import calibrating, calibration_replays, settling
from reviews.services.calibrating import LONGEST_REASON, Wanted
from reviews.services.settling import Agreed
from reviews.tasks import continue_calibration_replay
from rubrics.models import RubricVersion
from sampling.forms import scorers
from sampling.models import Draw

P = Permission
CONVERSATION = r"conversations/(?P<number>[0-9]{1,4})"


class CancelCalibrationSerializer(serializers.Serializer[Any]):
    """Why a session is given up."""

    reason = serializers.CharField(max_length=LONGEST_REASON)


class CalibrationSessions(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Sessions in which several people score the same drawn conversations, blind, then compare and agree."""

    serializer_class = CalibrationSessionSerializer
    filterset_class = CalibrationFilter
    model = CalibrationSession
    write_scope = Scope.SAMPLING
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(("list", "retrieve", "conversation"), (P.SCORE, P.MANAGE_SAMPLING)),
        **dict.fromkeys(
            (
                "create",
                "update",
                "start",
                "reveal",
                "agree",
                "resolve",
                "close",
                "cancel",
                "receipt",
                "replay",
                "start_replay",
            ),
            (P.MANAGE_SAMPLING,),
        ),
    }

    def rows(self, user: User) -> Any:
        """Return all of them to those who run them; to who took part, those that were revealed."""
        return listed(CalibrationSession.objects.visible_to(user))

    @extend_schema(responses=CalibrationSessionDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one session; once it is revealed, how far people agree."""
        return self._shown(pk)

    @extend_schema(request=CalibrationSessionSentSerializer, responses={201: CalibrationSessionDetailSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Set a session up as a draft."""
        made = calibrating.make(self._wanted(request), by=self.person, now=timezone.now())
        return self._shown(made.pk, status=201)

    @extend_schema(request=CalibrationSessionSentSerializer, responses=CalibrationSessionDetailSerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Change a draft."""
        calibrating.change(self.get_object(), self._wanted(request), by=self.person, now=timezone.now())
        return self._shown(pk)

    @extend_schema(request=None, responses=CalibrationSessionDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def start(self, request: Request, pk: str) -> Response:
        """Draw the conversations and put them into everybody's queue."""
        calibrating.start(self.get_object(), by=self.person, now=timezone.now())
        return self._shown(pk)

    @extend_schema(request=None, responses=CalibrationSessionDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def reveal(self, request: Request, pk: str) -> Response:
        """Show everybody's answers to all who took part; open items end."""
        settling.reveal(self.get_object(), by=self.person, now=timezone.now())
        return self._shown(pk)

    @extend_schema(request=None, responses=CalibrationSessionDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def resolve(self, request: Request, pk: str) -> Response:
        """Say that all answers are agreed on."""
        settling.resolve(self.get_object(), by=self.person, now=timezone.now())
        return self._shown(pk)

    @extend_schema(request=None, responses=CalibrationSessionDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def close(self, request: Request, pk: str) -> Response:
        """Put a resolved session away."""
        settling.close(self.get_object(), by=self.person, now=timezone.now())
        return self._shown(pk)

    @extend_schema(request=CancelCalibrationSerializer, responses=CalibrationSessionDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, pk: str) -> Response:
        """Give a session up, with a reason."""
        reason = _sent(CancelCalibrationSerializer, request)["reason"]
        calibrating.cancel(self.get_object(), reason=reason, by=self.person, now=timezone.now())
        return self._shown(pk)

    @extend_schema(responses=CalibratedConversationSerializer)
    @action(detail=True, url_path=CONVERSATION)
    def conversation(self, request: Request, pk: str, number: str) -> Response:
        """Show one conversation with everybody's answers, once they are revealed."""
        return Response(CalibratedConversationSerializer(self._unit(number)).data)

    @extend_schema(request=AgreedAnswersSerializer, responses=CalibratedConversationSerializer)
    @action(detail=True, methods=["post"], url_path=f"{CONVERSATION}/agree")
    @idempotent
    def agree(self, request: Request, pk: str, number: str) -> Response:
        """Write down the answer that stands for every criterion; what is wrong is listed in `details.problems`."""
        answers = [Agreed(**one) for one in _sent(AgreedAnswersSerializer, request)["answers"]]
        settling.agree(self._unit(number).unit, answers, by=self.person, now=timezone.now())
        return Response(CalibratedConversationSerializer(self._unit(number)).data)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True)
    def receipt(self, request: Request, pk: str) -> Response:
        """Return what repeats the draw of the conversations, beside the receipt of the draw it came from."""
        return Response(calibration_frames.receipt(self.get_object(), now=timezone.now()))

    @extend_schema(responses={200: CalibrationReplaySerializer, 202: JobSerializer}, filters=False)
    @action(detail=True, pagination_class=None)
    def replay(self, request: Request, pk: str) -> Response:
        """Draw the conversations again and compare; of a large frame: what the last time found, or how far it is."""
        return _replayed(self.get_object())

    @extend_schema(request=None, responses={200: CalibrationReplaySerializer, 202: JobSerializer})
    @replay.mapping.post
    @idempotent
    def start_replay(self, request: Request, pk: str) -> Response:
        """Draw the conversations again: at once, or with 202 in the background where the frame is large."""
        found = self.get_object()
        if not calibration_frames.is_large(found):
            return _replayed(found)
        job = calibration_replays.start(found, by=self.person, now=timezone.now())
        enqueue(continue_calibration_replay, job.pk)
        return Response(JobSerializer(job).data, status=202)

    def _unit(self, number: str) -> UnitPage:
        page = unit_page(self.get_object(), int(number), self.person)
        if page is None:
            raise Http404
        return page

    def _wanted(self, request: Request) -> Wanted:
        sent, now = _sent(CalibrationSessionSentSerializer, request), timezone.now()
        versions = RubricVersion.objects.visible_to(self.person).published().select_related("rubric")
        draws, teams = Draw.objects.visible_to(self.person), Team.objects.visible_to(self.person)
        wanted = set(sent["people"])
        people = list(scorers(now).filter(pk__in=wanted))
        if len(people) < len(wanted):
            raise serializers.ValidationError({"people": "Somebody here does not score conversations."})
        return Wanted(
            title=sent["title"],
            draw=_one(draws.select_related("plan"), "draw", pk=sent["draw"]),
            team=None if sent["team"] is None else _one(teams, "team", pk=sent["team"]),
            rubric_version=_one(versions, "rubric", rubric__slug=sent["rubric"]),
            number=sent["number"],
            due_at=sent["due_at"],
            people=people,
        )

    def _shown(self, pk: Any, *, status: int = 200) -> Response:
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        page = session_page(found, self.person, now=timezone.now())
        return Response(CalibrationSessionDetailSerializer(found, context={"page": page}).data, status=status)


def _replayed(session: CalibrationSession) -> Response:
    is_large = calibration_frames.is_large(session)
    job = calibration_frames.newest(session) if is_large else None
    if job is not None and job.is_open:
        return Response(JobSerializer(job).data, status=202)
    if job is not None and job.status == Job.Status.FAILED:
        raise Refused(Refusal("replay_failed", 409, job.error))
    found = calibration_frames.replayed_by(job) if is_large else calibration_frames.replay(session)
    if found is None and is_large:
        words = _("This frame is drawn again in the background. Start that with POST.")
        raise Refused(Refusal("replay_not_started", 409, words))
    if found is None:
        raise Refused(Refusal("nothing_to_compare", 409, _("Nothing is drawn yet, or its key is not known here.")))
    return Response(CalibrationReplaySerializer(found).data)


def _one(rows: Any, field: str, **which: Any) -> Any:
    found = rows.filter(**which).first()
    if found is None:
        raise serializers.ValidationError({field: "There is nothing like this for you."})
    return found


def _sent(form: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    read = form(data=request.data)
    read.is_valid(raise_exception=True)
    sent: dict[str, Any] = read.validated_data
    return sent
