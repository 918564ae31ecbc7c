"""The API of the queue: see what is to do, take the next, give one back, skip one."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from core.filtersets import FilterSet, KeyFilter
from core.refusals import Refusal, Refused
from reviews.api.serializers import (
    ItemHandOverSerializer,
    QueueItemSerializer,
    QueueSummarySerializer,
    ReviewSerializer,
    SkipSerializer,
)
from reviews.models import QueueItem, Review
from reviews.policies import oversees
from reviews.selectors.empty import why_empty
from reviews.selectors.feedback import WHOLE
from reviews.selectors.queue import queue_page
from reviews.selectors.reviewers import reviewers_for
from reviews.services import claims, handing_over, skipping

SHOWN = ("conversation", "agent", "team", "plan", "pick__draw", "pick__calibration_unit__session__draw")


class QueueFilter(FilterSet):
    """Filter what waits by plan, team and day it is due. `claim` hands out the next all the same."""

    plan = KeyFilter(label="Plan")
    team = KeyFilter(label="Team")
    due_before = django_filters.DateFilter(field_name="due_at", lookup_expr="date__lte", label="Due by")


class Queue(mixins.ListModelMixin, Resource):
    """What waits to be scored, in the order of the draw. Nobody chooses: `claim` hands out the next."""

    serializer_class = QueueItemSerializer
    filterset_class = QueueFilter
    model = QueueItem
    write_scope = Scope.REVIEW
    cursor_ordering = ("due_at", "u", "id")
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(
        ("list", "summary", "claim", "release", "skip", "hand_over"), (Permission.SCORE,)
    )

    def rows(self, user: User) -> Any:
        """Return what is offered; for a change, what the person has begun."""
        if self.action == "hand_over":
            return QueueItem.objects.in_hand_of(user, everywhere=oversees(user)).select_related(*SHOWN)
        if self.action in {"release", "skip"}:
            return QueueItem.objects.filter(review__author=user).select_related(*SHOWN)
        return QueueItem.objects.claimable(timezone.now()).offered_to(user).select_related(*SHOWN)

    @extend_schema(responses=QueueSummarySerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def summary(self, request: Request) -> Response:
        """Say what is to do, and why there is nothing when there is nothing."""
        return Response(QueueSummarySerializer(queue_page(self.person, now=timezone.now())).data)

    @extend_schema(request=None, responses={201: ReviewSerializer})
    @action(detail=False, methods=["post"])
    @idempotent
    def claim(self, request: Request) -> Response:
        """Hand out the next conversation as an empty draft; 409 when nothing is left."""
        review = claims.next_item(by=self.person, now=timezone.now())
        if review is None:
            raise Refused(_nothing(self.person))
        whole = Review.objects.select_related(*WHOLE).get(pk=review.pk)
        return Response(ReviewSerializer(whole).data, status=201)

    @extend_schema(request=None, responses=QueueItemSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def release(self, request: Request, pk: str) -> Response:
        """Give an item back; the draft stays."""
        item = self.get_object()
        if not claims.release(item, by=self.person, now=timezone.now()):
            raise Refused(Refusal("not_held", 409, _("You do not hold this item, so there is nothing to give back.")))
        return Response(QueueItemSerializer(self.get_object()).data)

    @extend_schema(request=SkipSerializer, responses=QueueItemSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def skip(self, request: Request, pk: str) -> Response:
        """Put an item aside for a reason of the closed list; the draw decides what replaces it."""
        item = self.get_object()
        form = SkipSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        skipping.skip(item, by=self.person, now=timezone.now(), **form.validated_data)
        found = get_object_or_404(QueueItem.objects.select_related(*SHOWN), pk=pk)
        return Response(QueueItemSerializer(found).data)

    @extend_schema(request=ItemHandOverSerializer, responses=QueueItemSerializer)
    @action(detail=True, methods=["post"], url_path="hand-over")
    @idempotent
    def hand_over(self, request: Request, pk: str) -> Response:
        """Pass an item on to the next in line, or to whom a QA manager names; a draft stays with its author."""
        item, form = self.get_object(), ItemHandOverSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        to, reason = form.validated_data["to"], form.validated_data["reason"]
        named = get_object_or_404(reviewers_for(self.person, now=timezone.now()), pk=to) if to else None
        handing_over.hand_over(item, reason=reason, by=self.person, now=timezone.now(), to=named)
        found = get_object_or_404(QueueItem.objects.select_related(*SHOWN), pk=pk)
        return Response(QueueItemSerializer(found).data)


def _nothing(user: User) -> Refusal:
    why = why_empty(user, now=timezone.now())
    return Refusal("queue_empty", 409, f"{why.title}. {why.sentence}", {"why": why.code})
