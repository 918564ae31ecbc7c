"""The API of draws: receipts, replays, and taking one out."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.http import HttpResponse
from django.utils import timezone
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
from core.filtersets import FilterSet, KeyFilter
from sampling import receipts
from sampling.api.replay_serializers import ReceiptSerializer, ReplaySerializer
from sampling.api.rows import drawn
from sampling.api.serializers import DrawSerializer, PickSerializer, StratumSerializer, VoidSerializer
from sampling.forms import ReceiptForm
from sampling.models import Draw, Pick
from sampling.receipts import NotAReceipt, Replay
from sampling.selectors import pages
from sampling.selectors.receipts import receipt_of
from sampling.selectors.rechecks import against_kept_digest, draws_of
from sampling.selectors.regathering import Regathered, regather
from sampling.services import draws

MOST_DIFFERENCES = 100


class DrawFilter(FilterSet):
    """Filter draws by plan, period and whether they stand."""

    plan = KeyFilter(label="Plan")
    period = django_filters.CharFilter(max_length=24, label="Period")
    voided = django_filters.BooleanFilter(field_name="voided_at", lookup_expr="isnull", exclude=True, label="Voided")

    class Meta:
        model = Draw
        fields: list[str] = []


class StratumFilter(FilterSet):
    """Filter the frame of a draw by agent, team and class."""

    agent = KeyFilter(label="Agent")
    team = KeyFilter(label="Team")
    stratum = django_filters.CharFilter(max_length=200, label="Class")


class PickFilter(FilterSet):
    """Filter the picks of a draw by agent, pool and whether they were dropped."""

    agent = KeyFilter(label="Agent")
    pool = django_filters.ChoiceFilter(choices=Pick.Pool.choices, label="Pool")
    dropped = django_filters.BooleanFilter(method="by_dropped", label="Dropped")

    def by_dropped(self, queryset: Any, name: str, value: bool) -> Any:
        """Keep what was taken out of the draw, or what stands."""
        standing = {"dropped": Pick.Dropped.NO}
        return queryset.exclude(**standing) if value else queryset.filter(**standing)


class Draws(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Draws with their receipts: anyone can repeat them and get the same picks."""

    serializer_class = DrawSerializer
    filterset_class = DrawFilter
    model = Draw
    write_scope = Scope.SAMPLING
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(
            ("list", "retrieve", "strata", "picks", "receipt", "replay", "check"), (Permission.READ_SAMPLING,)
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
    def receipt(self, request: Request, pk: str) -> HttpResponse:
        """Download the receipt: the frame, the key of the period and the picks."""
        found = self.get_object()
        name = f"draw-{found.plan.identity}-{found.period}.json"
        return HttpResponse(
            "".join(receipt_of(found)),
            content_type="application/json; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @extend_schema(responses=ReplaySerializer, filters=False)
    @action(detail=True, pagination_class=None)
    def replay(self, request: Request, pk: str) -> Response:
        """Repeat a draw from its own receipt, and ask its conversations how the population stands today."""
        found = self.get_object()
        return _replayed(receipts.replay("".join(receipt_of(found)).encode()), today=regather(found))

    @extend_schema(request={"multipart/form-data": ReceiptSerializer}, responses=ReplaySerializer)
    @action(detail=False, methods=["post"])
    def check(self, request: Request) -> Response:
        """Check a receipt that came from anywhere."""
        form = ReceiptForm({}, request.FILES)
        if not form.is_valid():
            raise serializers.ValidationError({name: list(map(str, found)) for name, found in form.errors.items()})
        try:
            return _replayed(receipts.replay(form.cleaned_data["receipt"].read()))
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


def _replayed(result: Replay, *, today: Regathered | None = None) -> Response:
    """Say what a replay found, also against the digest that was kept when the frame was frozen."""
    found = [*result.differences, *against_kept_digest(result)]
    body = {
        "matches": not found,
        "plan": result.plan,
        "period": result.period,
        "units": result.units,
        "picks": result.picks,
        "differences": found[:MOST_DIFFERENCES],
        "draws": [draw.pk for draw in draws_of(result)],
        "today": today
        and {
            "same": today.same,
            "changed": len(today.changes),
            "changes": today.changes[:MOST_DIFFERENCES],
            "why_not": today.why_not,
        },
    }
    return Response(ReplaySerializer(body).data)
