"""The API of self-reviews: what an agent may score before seeing the review. The draft itself is one of `reviews`."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from conversations.api import ConversationRefSerializer
from core.filtersets import FilterSet, ToDay
from reviews.api.serializers import ReviewSerializer
from reviews.models import QueueItem, Review
from reviews.selectors.feedback import WHOLE
from reviews.selectors.self_reviews import asked_of
from reviews.services import self_reviews


class SelfReviewSerializer(serializers.ModelSerializer[QueueItem]):
    """An own conversation to score until `due_at`; `review_id` is the draft once it is begun."""

    conversation = ConversationRefSerializer(read_only=True)
    rubric = serializers.SlugRelatedField[Any](source="rubric_version.rubric", slug_field="slug", read_only=True)
    review_id = serializers.IntegerField(source="draft_id", allow_null=True, read_only=True)

    class Meta:
        model = QueueItem
        fields = ("id", "conversation", "rubric", "due_at", "review_id")
        read_only_fields = fields


class SelfReviewFilter(FilterSet):
    """Filter by the day it is due, and by whether it is begun."""

    due_before = ToDay("due_at", label="Due by")
    is_begun = django_filters.BooleanFilter(
        field_name="draft_id", lookup_expr="isnull", exclude=True, label="Is begun"
    )  # fmt: skip


class SelfReviews(mixins.ListModelMixin, Resource):
    """Own conversations that a plan lets their agent score first, blind."""

    serializer_class = SelfReviewSerializer
    filterset_class = SelfReviewFilter
    model = QueueItem
    write_scope = Scope.FEEDBACK
    cursor_ordering = ("due_at", "id")
    doors: ClassVar[dict[str, Doors]] = dict.fromkeys(("list", "begin"), (Permission.READ_OWN_FEEDBACK,))

    def rows(self, user: User) -> Any:
        """Return what waits for the person; to begin one, any that ever did, so that the reason can be told."""
        if self.action == "begin":
            return QueueItem.objects.filter(purpose=QueueItem.Purpose.SELF, agent__user=user).select_related("agent")
        return asked_of(user)

    @extend_schema(request=None, responses={201: ReviewSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def begin(self, request: Request, pk: str) -> Response:
        """Open the own draft, or find it: fill it in, save and submit it under `reviews`."""
        review = self_reviews.begin(self.get_object(), by=self.person, now=timezone.now())
        whole = Review.objects.select_related(*WHOLE).get(pk=review.pk)
        return Response(ReviewSerializer(whole).data, status=201)
