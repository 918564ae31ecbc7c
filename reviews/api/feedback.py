"""The API of feedback: an agent's own published reviews."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from accounts.models import User, Workspace
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from reviews.api.details import ReviewDetailSerializer
from reviews.api.serializers import RemarkSerializer, ReplySerializer, ReviewSerializer
from reviews.filters import FeedbackFilter
from reviews.models import Review
from reviews.selectors.changes import history
from reviews.selectors.feedback import WHOLE, reading
from reviews.selectors.self_reviews import self_look
from reviews.selectors.thread import thread_of
from reviews.services import asking, feedback
from reviews.visibility import Viewer


class Feedback(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """What was published about the person who asks."""

    serializer_class = ReviewSerializer
    filterset_class = FeedbackFilter
    model = Review
    write_scope = Scope.FEEDBACK
    cursor_ordering = ("-published_at", "-id")
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(
        ("list", "retrieve", "read", "acknowledge", "ask"), (Permission.READ_OWN_FEEDBACK,)
    )

    def rows(self, user: User) -> Any:
        """Return own feedback."""
        return Review.objects.feedback_for(user).select_related(*WHOLE)

    def get_serializer_context(self) -> dict[str, Any]:
        """Name the reviewer only where the workspace does."""
        return {**super().get_serializer_context(), "shows_author": Workspace.current().shows_reviewer_name}

    @extend_schema(responses=ReviewDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Explain the feedback down to the messages it rests on."""
        return Response(self._explained(self.get_object()))

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    @idempotent
    def read(self, request: Request, pk: str) -> Response:
        """Note that the feedback was opened."""
        feedback.read(self.get_object(), by=self.person, now=timezone.now())
        return Response(status=204)

    @extend_schema(request=ReplySerializer, responses=ReviewDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Acknowledge feedback, with an optional answer to the reviewer."""
        review = self.get_object()
        form = ReplySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        feedback.acknowledge(review, by=self.person, now=timezone.now(), **form.validated_data)
        return Response(self._explained(self.get_object()))

    @extend_schema(request=RemarkSerializer, responses={201: ReviewDetailSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def ask(self, request: Request, pk: str) -> Response:
        """Ask the reviewer something about the feedback."""
        review = self.get_object()
        form = RemarkSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asking.ask(review, by=self.person, now=timezone.now(), **form.validated_data)
        return Response(self._explained(self.get_object()), status=201)

    def _explained(self, review: Review) -> Any:
        read = reading(review, viewer=Viewer.AGENT)
        look = self_look(review, read.explained.lines, is_agent=True)
        context = {
            "explained": read.explained,
            "shows_author": read.seen.author_name,
            "self_look": look,
            "thread": thread_of(review, self.person, shows_reviewer=read.seen.author_name),
            "changes": history(review),
        }
        return ReviewDetailSerializer(review, context=context).data
