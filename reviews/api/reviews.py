"""The API of reviews: fill in, submit, publish, read, export."""

from __future__ import annotations

from typing import Any, ClassVar, cast

import django_filters
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import may
from accounts.idempotency import idempotent
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from conversations.api import MessageSerializer
from conversations.models import Conversation
from core.api import etags
from core.filtersets import FilterSet, KeyFilter
from core.refusals import Refusal, Refused
from reviews import drafts
from reviews.api import export
from reviews.api.details import ReviewDetailSerializer
from reviews.api.moving import MovingMixin
from reviews.api.publishing import AnsweringMixin, PublishingMixin
from reviews.api.serializers import (
    ByHandSerializer,
    DraftSentSerializer,
    DraftStateSerializer,
    HoldSerializer,
    NewsSerializer,
    ReviewSerializer,
    TranscriptChangeSerializer,
)
from reviews.filters import ReviewFilter
from reviews.models import QueueItem, Review
from reviews.policies import why_not_draft
from reviews.selectors import by_hand as selectors
from reviews.selectors import workspace as board
from reviews.selectors.beside import beside
from reviews.selectors.changes import history
from reviews.selectors.feedback import WHOLE, reading, viewer_of
from reviews.selectors.news import news_of
from reviews.selectors.self_reviews import self_look
from reviews.selectors.thread import thread_of
from reviews.services import by_hand, claims, drafting, submitting
from reviews.views.scoring import bad, hides
from rubrics.models import Rubric

MOST_SECONDS = 86_400
# What an agent who scores an own conversation does as well.
FILLING_IN = ("drafts", "draft", "save_draft", "submit", "keep_alive", "transcript")
OWN = (*FILLING_IN, "take_up", "move", "move_now")

PUBLISHING = (
    "publish", "publish_mine", "publish_chosen", "schedule", "hold", "reopen", "keep", "send_back",
)  # fmt: skip


class ReviewListFilter(ReviewFilter):
    """The filters of the page, and the conversation."""

    conversation = KeyFilter(label="Conversation")


class DraftFilter(FilterSet):
    """The filters of own drafts. Who is judged is none of them: a plan may hide it until the review is submitted."""

    conversation = KeyFilter(label="Conversation")
    rubric = django_filters.CharFilter(field_name="rubric_version__rubric__slug", max_length=80, label="Rubric")


class Reviews(MovingMixin, PublishingMixin, AnsweringMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Reviews within reach. A draft is its author's alone; nothing is edited once it is submitted."""

    serializer_class = ReviewSerializer
    filterset_class = ReviewListFilter
    asks: ClassVar[dict[str, tuple[str, ...]]] = {"export": ("format",)}
    model = Review
    write_scope = Scope.REVIEW
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(("list", "retrieve", "export", "transcript_changes"), (Permission.READ_REVIEWS,)),
        **dict.fromkeys((*OWN, *PUBLISHING, "create"), (Permission.SCORE,)),
        **dict.fromkeys(FILLING_IN, (Permission.SCORE, Permission.READ_OWN_FEEDBACK)),
        "void": (Permission.MANAGE_SAMPLING,),
        "answer": (Permission.READ_REVIEWS,),
    }

    def rows(self, user: User) -> Any:
        """Return what others submitted within reach and own work; for work on a draft, own work only."""
        if self.action in OWN:
            return Review.objects.filter(author=user).select_related(*WHOLE)
        rows = Review.objects.visible_to(user).select_related(*WHOLE)
        if self.action in {"list", "export"}:
            return rows.not_blind_to(user).exclude(status=Review.Status.DRAFT)
        return rows

    @extend_schema(responses=ReviewDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Explain one review down to each answer."""
        return Response(self._explained(self.get_object()))

    @extend_schema(request=ByHandSerializer, responses={201: ReviewSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Review a conversation by hand, outside any draw: it is never in an average. Asking again finds the same."""
        form = ByHandSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        user, asked = self.person, form.validated_data
        conversation = Conversation.objects.visible_to(user).filter(pk=asked["conversation"]).first()
        if conversation is None:
            raise ValidationError({"conversation": _("There is no such conversation for you.")})
        rubric = _rubric(user, conversation, slug=asked.get("rubric", ""))
        review = by_hand.begin(conversation, rubric=rubric, by=user, now=timezone.now())
        return Response(ReviewSerializer(Review.objects.select_related(*WHOLE).get(pk=review.pk)).data, status=201)

    @extend_schema(responses=ReviewSerializer(many=True))
    @action(detail=False, filterset_class=DraftFilter)
    def drafts(self, request: Request) -> Response:
        """List the drafts of the person who asks."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset().being_written()))
        return self.get_paginated_response(ReviewSerializer(page, many=True).data)

    @extend_schema(responses=MessageSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def transcript(self, request: Request, pk: str) -> Response:
        """Return what is judged: the version that was handed out, agents covered where the plan hides them."""
        return Response(MessageSerializer(board.messages(self.get_object()), many=True).data)

    @extend_schema(responses=TranscriptChangeSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None, url_path="transcript-changes")
    def transcript_changes(self, request: Request, pk: str) -> Response:
        """Return how the newest transcript differs from the one that is judged; empty while that is the newest."""
        return Response(TranscriptChangeSerializer(board.changes(self.get_object()), many=True).data)

    @extend_schema(responses=DraftStateSerializer)
    @action(detail=True)
    def draft(self, request: Request, pk: str) -> Response:
        """Return the draft with its ETag."""
        review = self.get_object()
        refusal = why_not_draft(self.person, review)
        if refusal is not None:
            raise Refused(refusal)
        return _state(review, drafts.parse(review.draft), number=review.draft_number)

    @extend_schema(request=DraftSentSerializer, responses=DraftStateSerializer)
    @draft.mapping.put
    @etags.needs_match
    def save_draft(self, request: Request, pk: str) -> Response:
        """Replace the draft that was read with this ETag; 412 when another tab or script was faster."""
        review, number = self.get_object(), etags.matched_number(request)
        draft, seconds = _sent(request)
        try:
            saved = drafting.save(
                review, draft, number=number, by=self.person, now=timezone.now(), active_seconds=seconds
            )
        except Refused as refused:
            raise etags.told(refused, stale="stale_draft") from refused
        return _state(review, draft, number=saved.number, lost=saved.lost)

    @extend_schema(request=DraftSentSerializer, responses=ReviewDetailSerializer)
    @action(detail=True, methods=["post"])
    @etags.may_match
    @idempotent
    def submit(self, request: Request, pk: str) -> Response:
        """Submit with all answers in one request; what is missing is listed in `details.problems`."""
        review = self.get_object()
        draft, seconds = _sent(request)
        number = etags.matched_number(request) if "If-Match" in request.headers else None
        try:
            submitting.submit(review, draft, by=self.person, now=timezone.now(), number=number, active_seconds=seconds)
        except Refused as refused:
            raise etags.told(refused, stale="stale_draft") from refused
        return Response(self._explained(self.get_object()))

    @extend_schema(request=None, responses=ReviewSerializer)
    @action(detail=True, methods=["post"], url_path="take-up")
    @idempotent
    def take_up(self, request: Request, pk: str) -> Response:
        """Take up one's own draft again after the hold ran out."""
        claims.take(self.get_object().item, by=self.person, now=timezone.now())
        return Response(ReviewSerializer(self.get_object()).data)

    @extend_schema(request=None, responses=HoldSerializer)
    @action(detail=True, methods=["post"], url_path="keep-alive")
    def keep_alive(self, request: Request, pk: str) -> Response:
        """Keep the hold while somebody works on the draft."""
        review = self.get_object()
        refusal = drafting.keep_held(review, by=self.person, now=timezone.now())
        news = NewsSerializer(news_of(review), many=True).data
        return Response({"lost": refusal.sentence if refusal else "", "news": news})

    @extend_schema(
        responses={(200, "text/csv"): OpenApiTypes.STR, (200, "application/jsonl"): OpenApiTypes.STR},
        parameters=[OpenApiParameter("format", OpenApiTypes.STR, enum=list(export.FORMATS), default="csv")],
        filters=True,
    )
    @action(detail=False, pagination_class=None, filterset_class=ReviewListFilter)
    def export(self, request: Request) -> HttpResponse:
        """Stream all reviews of the list, with its filters, as CSV (safe to open in a spreadsheet) or JSON lines."""
        chosen = request.query_params.get("format", "csv")
        if chosen not in export.FORMATS:
            raise ValidationError({"format": "Choose csv or jsonl."})
        write, content_type = export.FORMATS[chosen]
        rows = self.filter_queryset(self.get_queryset()).order_by("-id")
        headers = {"Content-Disposition": f'attachment; filename="reviews.{chosen}"'}
        response = StreamingHttpResponse(write(rows), content_type=content_type, headers=headers)
        return cast("HttpResponse", response)

    def _explained(self, review: Review) -> Any:
        if review.current is None:
            return ReviewDetailSerializer(review).data
        read = reading(
            review,
            viewer=viewer_of(review, self.person, oversees=may(self.person, Permission.SEE_TEAM)),
            owes_own_review=QueueItem.objects.owed_by(self.person).filter(conversation=review.conversation_id).exists()
            or Review.objects.sealed_from(self.person).filter(pk=review.pk).exists(),
        )
        if not read.seen.exists:
            raise Http404
        shown = {"shows_answers": read.seen.answers, "shows_author": read.seen.author_name}
        if not read.seen.answers:
            return ReviewDetailSerializer(review, context=shown).data
        context = {
            **shown,
            "explained": read.explained,
            "self_look": self_look(review, read.explained.lines, is_agent=False),
            "thread": thread_of(review, self.person, shows_reviewer=True),
            "changes": history(review),
            "beside": beside(review, self.person),
            "shows_notes": True,
        }
        return ReviewDetailSerializer(review, context=context).data


def _rubric(user: User, conversation: Conversation, *, slug: str) -> Rubric:
    if slug:
        named: Rubric | None = Rubric.objects.visible_to(user).filter(slug=slug).first()
        if named is None:
            raise ValidationError({"rubric": _("There is no rubric of this name.")})
        return named
    suggested = selectors.suggested(user, conversation, selectors.rubrics())
    if suggested is None:
        raise Refused(Refusal("no_rubric", 409, _("No rubric is published yet, so there is nothing to score by.")))
    return suggested


def _sent(request: Request) -> tuple[drafts.Draft, int]:
    """Return the draft and the seconds that were sent."""
    if request.META.get("CONTENT_LENGTH") in {None, "", "0"}:
        raise ValidationError(_("The body is empty. Send {} if nothing is to be kept."))
    body = dict(request.data) if isinstance(request.data, dict) else request.data
    seconds = body.pop("active_seconds", 0) if isinstance(body, dict) else 0
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds <= MOST_SECONDS:
        raise ValidationError({"active_seconds": "A whole number from 0 to 86400 is needed."})
    try:
        return drafts.parse(body), seconds
    except drafts.BadDraft as error:
        raise Refused(bad(error)) from error


def _state(review: Review, draft: drafts.Draft, *, number: int, lost: Refusal | None = None) -> Response:
    body = {
        **board.payload(review, draft, hide_score=hides(review, "hide_score")),
        "draft": drafts.dump(draft),
        "number": number,
        "lost": lost.sentence if lost else "",
    }
    return Response(body, headers={"ETag": etags.tag(number)})
