"""The API of how work is given out: the rules of a plan, reviewers with their goals, absences and conflicts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import AgentRefSerializer, PersonRefSerializer
from accounts.idempotency import idempotent
from accounts.models import User
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from reviews.filters import ReviewerFilter
from reviews.models import Absence, Conflict, QueueRules
from reviews.selectors.progress import progress_of_draw
from reviews.selectors.reviewers import agents_for, described, reviewers_for
from reviews.services import absences, goals
from reviews.services import rules as services
from sampling.models import Draw, Plan

P = Permission
LARGEST_ID = 2**63 - 1


class ReviewerShareSerializer(serializers.Serializer[Any]):
    """How much of a plan's work one of its named reviewers takes, in proportion."""

    user = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    capacity = serializers.IntegerField(min_value=1, max_value=100)


class QueueRulesSerializer(serializers.ModelSerializer[QueueRules]):
    """How a plan's work is given out. What is drawn does not change by it."""

    shares = ReviewerShareSerializer(many=True, required=False)

    class Meta:
        model = QueueRules
        fields = (
            "distribution", "grace_days", "excludes_lead", "recent_pair_days", "second_share", "second_at_least",
            "goal", "shares",
        )  # fmt: skip

    def to_representation(self, rules: QueueRules) -> dict[str, Any]:
        """Show the shares of the plan's named reviewers beside its rules."""
        shown = super().to_representation(rules)
        named = rules.plan.reviewers.order_by("user")
        return {**shown, "shares": [{"user": one.user_id, "capacity": one.capacity} for one in named]}


class DrawProgressSerializer(serializers.Serializer[Any]):
    """What became of the drawn conversations of a draw."""

    waiting = serializers.IntegerField()
    in_hand = serializers.IntegerField()
    reviewed = serializers.IntegerField()
    skipped = serializers.IntegerField()
    expired = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    to_check = serializers.IntegerField(help_text="Skips as not eligible that wait for a second pair of eyes.")


class PlanQueues(Resource):
    """The rules of a plan's queue, and how far the reviews of a draw are."""

    serializer_class = QueueRulesSerializer
    model = QueueRules
    write_scope = Scope.SAMPLING
    doors: ClassVar[dict[str, Doors]] = {
        "retrieve": (P.READ_SAMPLING,), "update": (P.MANAGE_SAMPLING,), "progress": (P.READ_SAMPLING,),
    }  # fmt: skip

    @extend_schema(operation_id="sampling_plans_queue_rules_retrieve")
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show how a plan's work is given out."""
        return Response(QueueRulesSerializer(QueueRules.of(self._plan(pk))).data)

    @extend_schema(operation_id="sampling_plans_queue_rules_update")
    def update(self, request: Request, pk: str) -> Response:
        """Change how a plan's work is given out."""
        plan = self._plan(pk)
        form = QueueRulesSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        sent = dict(form.validated_data)
        shares = {one["user"]: one["capacity"] for one in sent.pop("shares", [])}
        kept = services.change(plan, sent, capacities=shares, by=self.person, now=timezone.now())
        return Response(QueueRulesSerializer(kept).data)

    @extend_schema(operation_id="draws_progress_retrieve", responses=DrawProgressSerializer)
    def progress(self, request: Request, pk: str) -> Response:
        """Say what became of the drawn conversations."""
        draw = get_object_or_404(Draw.objects.visible_to(self.person), pk=pk)
        return Response(DrawProgressSerializer(progress_of_draw(draw)).data)

    def _plan(self, pk: str) -> Plan:
        return get_object_or_404(Plan.objects.visible_to(self.person), pk=pk)


class AbsenceSerializer(serializers.ModelSerializer[Absence]):
    """A time in which somebody reviews nothing, half-open."""

    user = PersonRefSerializer(read_only=True)

    class Meta:
        model = Absence
        fields = ("id", "user", "starts_at", "ends_at", "cancelled_at")
        read_only_fields = ("id", "user", "cancelled_at")


class ConflictSerializer(serializers.ModelSerializer[Conflict]):
    """A reviewer who does not review an agent."""

    user = PersonRefSerializer(read_only=True)
    agent = AgentRefSerializer(read_only=True)

    class Meta:
        model = Conflict
        fields = ("id", "user", "agent", "reason", "created_at", "ended_at")
        read_only_fields = fields


class ConflictSentSerializer(serializers.Serializer[Any]):
    """Whom somebody does not review, and why."""

    agent = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    reason = serializers.CharField(max_length=200)


class GoalSerializer(serializers.Serializer[Any]):
    """Reviews a week; null removes the goal."""

    reviews = serializers.IntegerField(min_value=1, max_value=500, allow_null=True)


class ReviewerSerializer(serializers.Serializer[Any]):
    """Somebody who scores: who is away, whom they do not review, and how far they are this week."""

    id = serializers.IntegerField(source="user.pk")
    name = serializers.CharField(source="user.name")
    absences = AbsenceSerializer(many=True)
    conflicts = ConflictSerializer(many=True)
    goal = serializers.IntegerField(allow_null=True, help_text="Reviews a week.")
    given = serializers.IntegerField(help_text="Items that wait for this person by name.")
    held = serializers.IntegerField()
    done = serializers.IntegerField(help_text="Reviews submitted this week.")


class Reviewers(mixins.ListModelMixin, Resource):
    """Those who score: all to QA managers, oneself to others."""

    serializer_class = ReviewerSerializer
    filterset_class = ReviewerFilter
    model = User
    write_scope = Scope.REVIEW
    cursor_ordering = ("name", "id")
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(("list", "retrieve", "away", "conflicts"), (P.SCORE,)),
        "goal": (P.MANAGE_SAMPLING,),
    }

    def rows(self, user: User) -> Any:
        """Return the reviewers within reach."""
        return reviewers_for(user, now=timezone.now())

    def list(self, request: Request) -> Response:
        """List them."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(
            ReviewerSerializer(described(page or [], now=timezone.now()), many=True).data
        )

    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one of them."""
        return self._shown()

    @extend_schema(request=AbsenceSerializer, responses={201: AbsenceSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def away(self, request: Request, pk: str) -> Response:
        """Enter an absence; what is due before the return goes to the next in line when it begins."""
        who, form = self.get_object(), AbsenceSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        made = absences.be_away(who, **form.validated_data, by=self.person, now=timezone.now())
        return Response(AbsenceSerializer(made).data, status=201)

    @extend_schema(request=ConflictSentSerializer, responses={201: ConflictSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def conflicts(self, request: Request, pk: str) -> Response:
        """Note whom a reviewer does not review."""
        who, form = self.get_object(), ConflictSentSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        agent = get_object_or_404(agents_for(self.person), pk=form.validated_data["agent"])
        reason = form.validated_data["reason"]
        made = absences.declare_conflict(who, agent, reason=reason, by=self.person, now=timezone.now())
        return Response(ConflictSerializer(made).data, status=201)

    @extend_schema(request=GoalSerializer, responses=ReviewerSerializer)
    @action(detail=True, methods=["put"])
    def goal(self, request: Request, pk: str) -> Response:
        """Set the weekly goal of a reviewer."""
        who, form = self.get_object(), GoalSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        goals.set_goal(who, form.validated_data["reviews"], by=self.person, now=timezone.now())
        return self._shown()

    def _shown(self) -> Response:
        return Response(ReviewerSerializer(described([self.get_object()], now=timezone.now())[0]).data)


class Absences(Resource):
    """Absences by their own number."""

    serializer_class = AbsenceSerializer
    model = Absence
    write_scope = Scope.REVIEW
    doors: ClassVar[dict[str, Doors]] = {"cancel": (P.SCORE,)}

    def rows(self, user: User) -> Any:
        """Return the absences of the reviewers within reach."""
        return Absence.objects.visible_to(user).select_related("user")

    @extend_schema(request=None, responses=AbsenceSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, pk: str) -> Response:
        """Take an absence back; what was given to others stays with them."""
        return Response(
            AbsenceSerializer(absences.cancel(self.get_object(), by=self.person, now=timezone.now())).data
        )  # fmt: skip


class Conflicts(Resource):
    """Conflicts of interest by their own number."""

    serializer_class = ConflictSerializer
    model = Conflict
    write_scope = Scope.REVIEW
    doors: ClassVar[dict[str, Doors]] = {"end": (P.MANAGE_SAMPLING,)}

    def rows(self, user: User) -> Any:
        """Return all of them."""
        return Conflict.objects.visible_to(user).select_related("user", "agent")

    @extend_schema(request=None, responses=ConflictSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def end(self, request: Request, pk: str) -> Response:
        """End a conflict; who declared it does not end it alone."""
        kept = absences.end_conflict(self.get_object(), by=self.person, now=timezone.now())
        return Response(ConflictSerializer(kept).data)
