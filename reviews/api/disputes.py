"""The API of disputes: open, read, decide, withdraw, escalate."""

from __future__ import annotations

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import AgentRefSerializer, PersonRefSerializer, TeamRefSerializer
from accounts.idempotency import idempotent
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from conversations.api import ConversationRefSerializer
from core.api.schema import ProblemSerializer
from reviews.filters import DisputeFilter
from reviews.models import Dispute, Review
from reviews.selectors.disputes import WHOLE, dispute_page
from reviews.services import deciding, disputes
from reviews.services.deciding import Decision
from reviews.services.disputes import LONGEST, Doubt

P = Permission
SIDES = (P.READ_OWN_FEEDBACK, P.SEE_TEAM)


class DoubtSerializer(serializers.Serializer[Any]):
    """One answer that is doubted, by the criterion's lineage; `option` or N/A is what it should have been."""

    criterion = serializers.CharField(max_length=80)
    reason = serializers.CharField(max_length=LONGEST)
    option = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    not_applicable = serializers.BooleanField(required=False, default=False)


class EscalationSerializer(serializers.Serializer[Any]):
    """The answers that are still doubted."""

    points = DoubtSerializer(many=True, max_length=500)  # type: ignore[call-arg]  # many takes it


class NewDisputeSerializer(EscalationSerializer):
    """The review whose answers are doubted."""

    review = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class DecisionSerializer(serializers.Serializer[Any]):
    """The answer that stands for one criterion, an option or N/A, and why."""

    criterion = serializers.CharField(max_length=80)
    rationale = serializers.CharField(max_length=LONGEST)
    option = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    not_applicable = serializers.BooleanField(required=False, default=False)


class DecisionsSerializer(serializers.Serializer[Any]):
    """A decision for every disputed criterion."""

    points = DecisionSerializer(many=True, max_length=500)  # type: ignore[call-arg]  # many takes it


class DisputeSerializer(serializers.ModelSerializer[Dispute]):
    """A dispute in a list; `stage` is 1 for the dispute and 2 for its escalation."""

    conversation = ConversationRefSerializer(source="review.conversation", read_only=True)
    agent = AgentRefSerializer(source="review.agent", read_only=True)
    team = TeamRefSerializer(source="review.team", allow_null=True, read_only=True)
    opened_by = PersonRefSerializer(read_only=True)

    class Meta:
        model = Dispute
        fields: tuple[str, ...] = (
            "id", "review_id", "stage", "status", "conversation", "agent", "team", "opened_by", "opened_at",
            "rescored_at", "due_at", "expires_at", "ended_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class PointSerializer(serializers.Serializer[Any]):
    """One doubted answer. `second_answer` is null until the reader may see it, `stands` empty until it is decided."""

    criterion = serializers.CharField(source="point.criterion.lineage")
    name = serializers.CharField(source="point.criterion.name")
    first_answer = serializers.CharField(source="first.answer")
    reason = serializers.CharField(source="point.reason")
    proposed = serializers.CharField(allow_blank=True)
    second_answer = serializers.SerializerMethodField()
    decision = serializers.ChoiceField(source="point.decision", choices=["", "upheld", "changed"], allow_blank=True)
    stands = serializers.SerializerMethodField()
    rationale = serializers.CharField(source="point.rationale", allow_blank=True)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_second_answer(self, view: Any) -> str | None:
        """Return what the second look answered, once it may be seen."""
        return view.second.answer if view.second else None

    def get_stands(self, view: Any) -> str:
        """Return the answer that stands, once it is decided."""
        return view.decided if view.point.decision else ""


class DisputeDetailSerializer(DisputeSerializer):
    """A dispute with its points, and the revision that it made."""

    points = serializers.SerializerMethodField()
    revision = serializers.IntegerField(source="revision.number", allow_null=True, read_only=True, default=None)
    decided_by = serializers.SerializerMethodField()

    class Meta(DisputeSerializer.Meta):
        fields = (*DisputeSerializer.Meta.fields, "points", "revision", "decided_by")
        read_only_fields = fields

    @extend_schema_field(PointSerializer(many=True))
    def get_points(self, dispute: Dispute) -> list[Any]:
        """Return each doubted answer."""
        return list(PointSerializer(self.context["page"].points, many=True).data)

    @extend_schema_field(PersonRefSerializer(allow_null=True))
    def get_decided_by(self, dispute: Dispute) -> dict[str, Any] | None:
        """Return who decided, where the reader may know."""
        shown = self.context["page"].shows_names and dispute.status == Dispute.Status.DECIDED
        return PersonRefSerializer(dispute.ended_by).data if shown and dispute.ended_by else None


class Disputes(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Disputes about own feedback, own reviews, and within the teams that a person looks after."""

    serializer_class = DisputeSerializer
    filterset_class = DisputeFilter
    model = Dispute
    write_scope = Scope.DISPUTE
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(("list", "retrieve"), (P.READ_REVIEWS, P.READ_OWN_FEEDBACK)),
        **dict.fromkeys(("create", "withdraw", "escalate"), SIDES),
        "decide": (P.SCORE,),
    }

    def rows(self, user: User) -> Any:
        """Return the disputes within reach."""
        return Dispute.objects.visible_to(user).select_related(*WHOLE)

    @extend_schema(responses=DisputeDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one dispute with both looks, as far as the reader may see them."""
        return self._shown(pk)

    @extend_schema(request=NewDisputeSerializer, responses={201: DisputeDetailSerializer, 404: ProblemSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Dispute answers of a published review; what is wrong is listed in `details.problems`."""
        sent = _sent(NewDisputeSerializer, request)
        review = get_object_or_404(
            Review.objects.visible_to(self.person).select_related("agent", "item"), pk=sent["review"]
        )
        made = disputes.begin(review, _doubts(sent), by=self.person, now=timezone.now())
        return self._shown(made.pk, status=201)

    @extend_schema(request=DecisionsSerializer, responses=DisputeDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def decide(self, request: Request, pk: str) -> Response:
        """Decide every point; a changed answer makes a new revision of the review."""
        found, sent = self.get_object(), _sent(DecisionsSerializer, request)
        points = [Decision(**point) for point in sent["points"]]
        deciding.decide(found, points, by=self.person, now=timezone.now())
        return self._shown(pk)

    @extend_schema(request=None, responses=DisputeDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take a dispute back; the answers stay."""
        disputes.withdraw(self.get_object(), by=self.person, now=timezone.now())
        return self._shown(pk)

    @extend_schema(request=EscalationSerializer, responses={201: DisputeDetailSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def escalate(self, request: Request, pk: str) -> Response:
        """Take what was not changed to a QA manager who has had no part in it; once."""
        found, sent = self.get_object(), _sent(EscalationSerializer, request)
        made = disputes.escalate(found, _doubts(sent), by=self.person, now=timezone.now())
        return self._shown(made.pk, status=201)

    def _shown(self, pk: Any, *, status: int = 200) -> Response:
        found = get_object_or_404(self.get_queryset(), pk=pk)
        page = dispute_page(found, self.person, now=timezone.now())
        return Response(DisputeDetailSerializer(found, context={"page": page}).data, status=status)


def _sent(form: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    read = form(data=request.data)
    read.is_valid(raise_exception=True)
    sent: dict[str, Any] = read.validated_data
    return sent


def _doubts(sent: dict[str, Any]) -> list[Doubt]:
    return [Doubt(**point) for point in sent["points"]]
