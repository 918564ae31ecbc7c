"""The API of publishing: at a time, for the 1:1, several at once; change, send back, void."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from reviews.api.details import ReviewDetailSerializer
from reviews.api.serializers import CountSerializer, RemarkSerializer, ReviewSerializer
from reviews.models import Review
from reviews.services import asking, publishing, revising, second_reads, voiding


class ScheduleSerializer(serializers.Serializer[Any]):
    """When a review goes out."""

    at = serializers.DateTimeField()


class SendBackSerializer(serializers.Serializer[Any]):
    """What the author should look at."""

    note = serializers.CharField(max_length=second_reads.LONGEST)


class VoidReviewSerializer(serializers.Serializer[Any]):
    """Why a review is voided."""

    reason = serializers.CharField(max_length=voiding.LONGEST)


class ChosenSerializer(serializers.Serializer[Any]):
    """The reviews to publish."""

    reviews = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        min_length=1,
        max_length=publishing.MOST_AT_ONCE,
    )


class PublishingMixin:
    """The verbs between submission and feedback, for the resource of reviews."""

    @extend_schema(request=None, responses=ReviewDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def publish(self: Any, request: Request, pk: str) -> Response:
        """Show a submitted review to its agent now."""
        publishing.publish(self.get_object(), by=self.person, now=timezone.now())
        return Response(self._explained(self.get_object()))

    @extend_schema(request=None, responses=CountSerializer)
    @action(detail=False, methods=["post"], url_path="publish-mine")
    @idempotent
    def publish_mine(self: Any, request: Request) -> Response:
        """Publish all that the person has submitted and that nothing keeps back."""
        return Response({"count": publishing.publish_of(self.person, now=timezone.now())})

    @extend_schema(request=ChosenSerializer, responses=CountSerializer)
    @action(detail=False, methods=["post"], url_path="publish-chosen")
    @idempotent
    def publish_chosen(self: Any, request: Request) -> Response:
        """Publish those of these reviews that the person may publish now; the number published."""
        ids = _sent(ChosenSerializer, request)["reviews"]
        rows = Review.objects.visible_to(self.person).filter(pk__in=ids).select_related("agent").order_by("pk")
        return Response({"count": publishing.publish_many(list(rows), by=self.person, now=timezone.now())})

    @extend_schema(request=ScheduleSerializer, responses=ReviewDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def schedule(self: Any, request: Request, pk: str) -> Response:
        """Let a review go out at a time within the next 90 days."""
        review, at = self.get_object(), _sent(ScheduleSerializer, request)["at"]
        publishing.schedule(review, at=at, by=self.person, now=timezone.now())
        return Response(self._explained(self.get_object()))

    @extend_schema(request=None, responses=ReviewDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def hold(self: Any, request: Request, pk: str) -> Response:
        """Keep a review back until a day before the agent's next 1:1, for two weeks at most."""
        publishing.hold(self.get_object(), by=self.person, now=timezone.now())
        return Response(self._explained(self.get_object()))

    @extend_schema(request=None, responses=ReviewSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def reopen(self: Any, request: Request, pk: str) -> Response:
        """Open one's own submitted review for a change; save and submit it as a draft."""
        revising.reopen(self.get_object(), by=self.person, now=timezone.now())
        return Response(ReviewSerializer(self.get_object()).data)

    @extend_schema(request=None, responses=ReviewDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def keep(self: Any, request: Request, pk: str) -> Response:
        """Give a change up: the review stays as it was submitted."""
        revising.keep(self.get_object(), by=self.person, now=timezone.now())
        return Response(self._explained(self.get_object()))

    @extend_schema(request=SendBackSerializer, responses=ReviewDetailSerializer)
    @action(detail=True, methods=["post"], url_path="send-back")
    @idempotent
    def send_back(self: Any, request: Request, pk: str) -> Response:
        """Return a review to its author, as its second reader."""
        review, note = self.get_object(), _sent(SendBackSerializer, request)["note"]
        second_reads.send_back(review, note=note, by=self.person, now=timezone.now())
        return Response(self._explained(self.get_object()))

    @extend_schema(request=VoidReviewSerializer, responses=ReviewDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def void(self: Any, request: Request, pk: str) -> Response:
        """Take a review out of everything it counts in, with a reason."""
        review, reason = self.get_object(), _sent(VoidReviewSerializer, request)["reason"]
        voiding.void(review, reason=reason, by=self.person, now=timezone.now())
        return Response(self._explained(self.get_object()))


class AnsweringMixin:
    """What the reviewer says back to the agent."""

    @extend_schema(request=RemarkSerializer, responses={201: ReviewDetailSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def answer(self: Any, request: Request, pk: str) -> Response:
        """Answer what the agent asked about a review."""
        review, words = self.get_object(), _sent(RemarkSerializer, request)["text"]
        asking.answer(review, text=words, by=self.person, now=timezone.now())
        return Response(self._explained(self.get_object()), status=201)


def _sent(form: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    read = form(data=request.data)
    read.is_valid(raise_exception=True)
    sent: dict[str, Any] = read.validated_data
    return sent
