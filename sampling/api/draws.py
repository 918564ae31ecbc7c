"""The API of draws: receipts, replays, and taking one out."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from core.api.jobs import JobSerializer
from core.filtersets import FilterSet, KeyFilter
from core.models import Job
from core.queueing import enqueue
from core.refusals import Refusal, Refused
from sampling import receipts
from sampling.api.checks import ReceiptCheckSerializer
from sampling.api.checks import told as as_told
from sampling.api.replay_serializers import ReceiptSerializer, ReplaySerializer
from sampling.api.rows import drawn
from sampling.api.serializers import DrawSerializer, PickSerializer, StratumSerializer, VoidSerializer
from sampling.filters import PickFilter, StratumFilter
from sampling.forms import ReceiptForm
from sampling.models import Draw
from sampling.receipts import NotAReceipt
from sampling.selectors import pages, retold
from sampling.selectors.checks import is_large
from sampling.selectors.receipts import receipt_of
from sampling.services import checks, draws, replays
from sampling.tasks import continue_check, continue_replay


class DrawFilter(FilterSet):
    """Filter draws by plan, period and whether they stand."""

    plan = KeyFilter(label="Plan")
    period = django_filters.CharFilter(max_length=24, label="Period")
    voided = django_filters.BooleanFilter(field_name="voided_at", lookup_expr="isnull", exclude=True, label="Voided")

    class Meta:
        model = Draw
        fields: list[str] = []


class Draws(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Draws with their receipts: anyone can repeat them and get the same picks."""

    serializer_class = DrawSerializer
    filterset_class = DrawFilter
    model = Draw
    write_scope = Scope.SAMPLING
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(
            ("list", "retrieve", "strata", "picks", "receipt", "replay", "start_replay", "cancel_replay", "check"),
            (Permission.READ_SAMPLING,),
        ),
        "void": (Permission.MANAGE_SAMPLING,),
    }

    def rows(self, user: User) -> Any:
        """Return the draws of the plans within reach."""
        return drawn(Draw.objects.visible_to(user))

    def get_parsers(self) -> Any:
        """Read a file where one is expected."""
        is_check = getattr(self, "action_map", {}).get("post") == "check"
        return [MultiPartParser()] if is_check else super().get_parsers()

    @extend_schema(responses=StratumSerializer(many=True))
    @action(detail=True, filterset_class=StratumFilter)
    def strata(self, request: Request, pk: str) -> Response:
        """List the frame by agent, with each inclusion probability."""
        page = self.paginate_queryset(self.filter_queryset(pages.strata(self.get_object())))
        return self.get_paginated_response(StratumSerializer(page, many=True).data)

    @extend_schema(responses=PickSerializer(many=True))
    @action(detail=True, filterset_class=PickFilter)
    def picks(self, request: Request, pk: str) -> Response:
        """List what was drawn, and what was dropped why."""
        page = self.paginate_queryset(self.filter_queryset(pages.picks(self.get_object())))
        return self.get_paginated_response(PickSerializer(page, many=True).data)

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT}, filters=False)
    @action(detail=True, pagination_class=None)
    def receipt(self, request: Request, pk: str) -> StreamingHttpResponse:
        """Download the receipt: the frame, the key of the period and the picks."""
        found = self.get_object()
        name = f"draw-{found.plan.identity}-{found.period}.json"
        return StreamingHttpResponse(
            receipts.in_pieces(receipt_of(found)),
            content_type="application/json; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @extend_schema(responses={200: ReplaySerializer, 202: JobSerializer}, filters=False)
    @action(detail=True, pagination_class=None)
    def replay(self, request: Request, pk: str) -> Response:
        """Repeat a draw from its own receipt, and ask its conversations how the population stands today.

        Of a large frame: what the last replay in the background found, or with 202 how far it is. POST starts one.
        """
        found = self.get_object()
        return _in_background(found) if retold.is_large(found) else _at_once(found)

    @extend_schema(request=None, responses={200: ReplaySerializer, 202: JobSerializer})
    @replay.mapping.post
    @idempotent
    def start_replay(self, request: Request, pk: str) -> Response:
        """Replay a draw anew: at once, or with 202 in the background where the frame is large; GET reads the end."""
        found = self.get_object()
        if not retold.is_large(found):
            return _at_once(found)
        started = replays.start(found, by=self.person, now=timezone.now())
        enqueue(continue_replay, started.pk)
        return Response(JobSerializer(started).data, status=202)

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"], url_path="replay/cancel")
    @idempotent
    def cancel_replay(self, request: Request, pk: str) -> Response:
        """Stop a replay in the background; nothing comes of it."""
        job = retold.newest(self.get_object())
        if job is None:
            raise Refused(_not_started())
        replays.cancel(job, by=self.person, now=timezone.now())
        return Response(JobSerializer(Job.objects.get(pk=job.pk)).data)

    @extend_schema(
        request={"multipart/form-data": ReceiptSerializer},
        responses={200: ReplaySerializer, 202: ReceiptCheckSerializer},
    )
    @action(detail=False, methods=["post"])
    @idempotent
    def check(self, request: Request) -> Response:
        """Check a receipt that came from anywhere: at once, or with 202 in the background where it is large."""
        form = ReceiptForm({}, request.FILES)
        if not form.is_valid():
            raise serializers.ValidationError({name: list(map(str, found)) for name, found in form.errors.items()})
        file = form.cleaned_data["receipt"]
        try:
            if is_large(file):
                job = checks.start(file, by=self.person, now=timezone.now())
                enqueue(continue_check, job.pk)
                return Response(ReceiptCheckSerializer(job).data, status=202)
            return _replayed(retold.of_receipt(receipts.replay(file.read())))
        except NotAReceipt as error:
            raise serializers.ValidationError({"receipt": [str(error)]}) from error

    @extend_schema(request=VoidSerializer, responses=DrawSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def void(self, request: Request, pk: str) -> Response:
        """Take a draw out of everything; it stays visible with its reason."""
        found = self.get_object()
        form = VoidSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        draws.void(found, reason=form.validated_data["reason"], by=self.person, now=timezone.now())
        return Response(DrawSerializer(self.get_object()).data)


def _at_once(draw: Draw) -> Response:
    return _replayed(retold.of_draw(draw) | {"today": retold.of_conversations(draw)})


def _in_background(draw: Draw) -> Response:
    """Answer with what the last replay found, or how far it is."""
    job = retold.newest(draw)
    if job is None:
        raise Refused(_not_started())
    if job.is_open:
        return Response(JobSerializer(job).data, status=202)
    if job.status == Job.Status.CANCELLED:
        sentence = _("The last replay was stopped, so nothing came of it. Start one with POST.")
        raise Refused(Refusal("replay_stopped", 409, sentence))
    if job.status != Job.Status.DONE:
        raise Refused(Refusal("replay_failed", 409, job.error))
    return _replayed(job.result)


def _not_started() -> Refusal:
    return Refusal("replay_not_started", 409, _("This frame is replayed in the background. Start that with POST."))


def _replayed(told: retold.Told) -> Response:
    return Response(as_told(told))
