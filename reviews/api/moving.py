"""Move a draft to the version in use over the API: first what would carry over, then the move."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from core.api import etags
from core.api.schema import ProblemSerializer
from core.refusals import Refused
from reviews.api.serializers import ReviewSerializer
from reviews.selectors.workspace import Running
from reviews.services import moving
from reviews.views.scoring import hides


class LostSerializer(serializers.Serializer[Any]):
    """An answer that does not carry over, why, and the words that were written with it."""

    name = serializers.CharField()
    why = serializers.CharField()
    words = serializers.CharField(allow_blank=True)


class StandSerializer(serializers.Serializer[Any]):
    """Where a draft stands by one version; score and outcome are empty while there is none, or the plan hides it."""

    score = serializers.CharField(allow_blank=True)
    outcome = serializers.CharField(allow_blank=True)
    coverage = serializers.IntegerField()
    done = serializers.IntegerField()
    asked = serializers.IntegerField()


class MovePreviewSerializer(serializers.Serializer[Any]):
    """What moving a draft to the version in use would do."""

    version = serializers.IntegerField()
    kept = serializers.ListField(child=serializers.CharField())
    lost = LostSerializer(many=True)
    fresh = serializers.ListField(child=serializers.CharField())
    before = StandSerializer()
    after = StandSerializer()


class MoveDraftSerializer(serializers.Serializer[Any]):
    """The number of the version that was previewed."""

    to = serializers.IntegerField(min_value=1, max_value=999_999_999)


def _stand(one: Running, hidden: bool) -> dict[str, Any]:
    shown = {"score": "", "outcome": ""} if hidden else {"score": one.score, "outcome": one.outcome}
    return {**shown, "coverage": one.coverage, "done": one.done, "asked": one.asked}


class MovingMixin:
    """The actions on one's own draft that move it."""

    person: Any
    get_object: Any

    @extend_schema(responses={200: MovePreviewSerializer, 409: ProblemSerializer})
    @action(detail=True)
    def move(self, request: Request, pk: str) -> Response:
        """Say what of the draft would carry over to the version in use; the ETag is that of the draft."""
        review = self.get_object()
        found = moving.preview(review, by=self.person)
        carried = found.carried
        hidden = hides(review, "hide_score")
        body = {
            "version": found.version.number, "kept": carried.kept, "lost": carried.lost, "fresh": carried.fresh,
            **{name: _stand(one, hidden) for name, one in (("before", found.before), ("after", found.after))},
        }  # fmt: skip
        return Response(MovePreviewSerializer(body).data, headers={"ETag": etags.tag(review.draft_number)})

    @extend_schema(request=MoveDraftSerializer, responses=ReviewSerializer)
    @move.mapping.post
    @etags.needs_match
    @idempotent
    def move_now(self, request: Request, pk: str) -> Response:
        """Move the draft to the version that was previewed; 412 when another tab or script was faster."""
        review, number = self.get_object(), etags.matched_number(request)
        form = MoveDraftSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            moving.move(review, number=number, to=form.validated_data["to"], by=self.person, now=timezone.now())
        except Refused as refused:
            raise etags.told(refused, stale="stale_draft") from refused
        return Response(ReviewSerializer(self.get_object()).data)
