"""The API of coaching plans and their actions."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Count, Q
from django.utils import timezone
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
from coaching.api.checks import AnswersSerializer, AttemptDetailSerializer, QuestionsSerializer
from coaching.api.inputs import (
    ChosenPlansAnswerSerializer,
    ChosenPlansSerializer,
    CloseSerializer,
    CoachingPlanEditSerializer,
    DeclineSerializer,
    ExtendSerializer,
    HandOverSerializer,
    RemarkInputSerializer,
    StartSerializer,
    TickSerializer,
    answer_of,
)
from coaching.api.outcome_serializers import OutcomeDetailSerializer
from coaching.api.serializers import ActionSerializer, CoachingPlanDetailSerializer, CoachingPlanSerializer
from coaching.filters import PlanFilter
from coaching.models import Action, Outcome, Plan
from coaching.policies import why_not_take
from coaching.selectors.checks import find
from coaching.selectors.plans import plan_page
from coaching.services import checks, contents, handovers, plans, remarks
from coaching.services.plans import ActionEdit, PlanEdit
from core.api import etags
from core.refusals import Refused, refuse

WHOLE = ("agent", "team", "skill", "owner", "decided_by")
LARGEST_ID = 2**63 - 1
CHANGES = (
    "create", "update", "accept", "accept_chosen", "decline", "share", "close", "extend", "hand_over",
)  # fmt: skip


class PlanListFilter(PlanFilter):
    """The filters of the board, and the review that a plan rests on."""

    review = django_filters.NumberFilter(
        field_name="evidence__review",
        distinct=True,
        min_value=1,
        max_value=LARGEST_ID,
        decimal_places=0,
        label="Review",
    )


class CoachingPlans(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Plans of the agents that a person coaches, and own plans once they are shared."""

    serializer_class = CoachingPlanSerializer
    filterset_class = PlanListFilter
    model = Plan
    write_scope = Scope.COACH
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(("list", "retrieve", "remarks"), (Permission.COACH, Permission.WORK_ON_OWN_PLAN)),
        **dict.fromkeys((*CHANGES, "outcomes"), (Permission.COACH,)),
        "read": (Permission.WORK_ON_OWN_PLAN,),
    }

    def rows(self, user: User) -> Any:
        """Return the plans within reach, with their counts of actions."""
        if self.action == "read":
            rows = Plan.objects.shared_with(user)
        elif self.action in {"list", "retrieve", "remarks"}:
            rows = Plan.objects.visible_to(user)
        else:
            rows = Plan.objects.coached_by(user)
        return rows.select_related(*WHOLE).annotate(
            actions_total=Count("actions", distinct=True),
            actions_done=Count("actions", filter=Q(actions__done_at__isnull=False), distinct=True),
        )

    @extend_schema(responses=CoachingPlanDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one plan with its evidence; the ETag is what an edit names."""
        return self._shown(self.get_object())

    @extend_schema(request=StartSerializer, responses={201: CoachingPlanDetailSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Start a plan by hand."""
        form = StartSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        made = plans.start(**form.validated_data, by=self.person, now=timezone.now())
        return self._shown(self.get_queryset().get(pk=made.pk), status=201)

    @extend_schema(request=CoachingPlanEditSerializer, responses=CoachingPlanDetailSerializer)
    @etags.needs_match
    def update(self, request: Request, pk: str) -> Response:
        """Change focus, follow-up day and actions; 412 when somebody else was faster."""
        found, number = self.get_object(), etags.matched_number(request)
        form = CoachingPlanEditSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            plans.edit(found, _edit(form.validated_data, number), by=self.person, now=timezone.now())
        except Refused as refused:
            raise etags.told(refused, stale="stale_plan") from refused
        return self._shown(self.get_object())

    @extend_schema(request=None, responses=CoachingPlanDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def accept(self, request: Request, pk: str) -> Response:
        """Accept a proposed plan; whoever does becomes its owner."""
        plans.accept(self.get_object(), by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    @extend_schema(request=DeclineSerializer, responses=CoachingPlanDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def decline(self, request: Request, pk: str) -> Response:
        """Decline a proposed plan with a reason of the closed list."""
        found = self.get_object()
        form = DeclineSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        plans.decline(found, **form.validated_data, by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    @extend_schema(request=None, responses=CoachingPlanDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def share(self, request: Request, pk: str) -> Response:
        """Show an accepted plan to its agent."""
        plans.share(self.get_object(), by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    @extend_schema(request=CloseSerializer, responses=CoachingPlanDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def close(self, request: Request, pk: str) -> Response:
        """Close a plan with a reason of the closed list."""
        found = self.get_object()
        form = CloseSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        plans.close(found, **form.validated_data, by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    @extend_schema(request=ChosenPlansSerializer, responses=ChosenPlansAnswerSerializer)
    @action(detail=False, methods=["post"], url_path="accept-chosen", pagination_class=None, filterset_class=None)
    @idempotent
    def accept_chosen(self, request: Request) -> Response:
        """Accept several proposals, each for itself: one that cannot be accepted says why and stops no other."""
        form = ChosenPlansSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        rows = self.get_queryset().filter(pk__in=form.validated_data["ids"]).order_by("pk")
        answers = plans.accept_chosen(rows, by=self.person, now=timezone.now())
        return Response(ChosenPlansAnswerSerializer(answer_of(form.validated_data["ids"], answers)).data)

    @extend_schema(request=HandOverSerializer, responses=CoachingPlanDetailSerializer)
    @action(detail=True, methods=["post"], url_path="hand-over")
    @idempotent
    def hand_over(self, request: Request, pk: str) -> Response:
        """Give an open plan to another person who coaches the agent's team."""
        found = self.get_object()
        people = contents.coaches_of(found, now=timezone.now())
        form = HandOverSerializer(data=request.data, context={"people": people})
        form.is_valid(raise_exception=True)
        handovers.hand_over(found, to=form.validated_data["to"], by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    @extend_schema(request=RemarkInputSerializer, responses={201: CoachingPlanDetailSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def remarks(self, request: Request, pk: str) -> Response:
        """Say something about a plan. Reflections and "this does not help me" are the agent's."""
        found = self.get_object()
        form = RemarkInputSerializer(data=request.data, context={"plan": found})
        form.is_valid(raise_exception=True)
        remarks.say(found, **form.validated_data, by=self.person, now=timezone.now())
        return self._shown(self.get_object(), status=201)

    @extend_schema(request=ExtendSerializer, responses=CoachingPlanDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def extend(self, request: Request, pk: str) -> Response:
        """Follow a shared plan up some weeks later; more conversations are drawn until then."""
        found = self.get_object()
        form = ExtendSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        plans.extend(found, **form.validated_data, by=self.person, now=timezone.now())
        return self._shown(self.get_object())

    @extend_schema(responses=OutcomeDetailSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def outcomes(self, request: Request, pk: str) -> Response:
        """List what was measured, the newest window first, with all that the formula needs and what was said before."""
        rows = Outcome.objects.filter(plan=self.get_object()).order_by("-last_week", "-pk").prefetch_related("past")
        return Response(OutcomeDetailSerializer(rows, many=True).data)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    @idempotent
    def read(self, request: Request, pk: str) -> Response:
        """Note that the agent has opened the shared plan."""
        plans.read(self.get_object(), by=self.person, now=timezone.now())
        return Response(status=204)

    def _shown(self, plan: Plan, *, status: int = 200) -> Response:
        context = {"page": plan_page(plan, now=timezone.now()), "is_agent": plan.agent.user_id == self.person.pk}
        body = CoachingPlanDetailSerializer(plan, context=context).data
        return Response(body, status=status, headers={"ETag": etags.tag(plan.edit_number)})


class CoachingActions(Resource):
    """What is to be done in a plan: the agent ticks, the supervisor confirms."""

    serializer_class = ActionSerializer
    model = Action
    write_scope = Scope.COACH
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(("check", "take_check"), (Permission.WORK_ON_OWN_PLAN,)),
        "tick": (Permission.WORK_ON_OWN_PLAN, Permission.COACH),
        "confirm": (Permission.COACH,),
    }

    def rows(self, user: User) -> Any:
        """Return the actions of own shared plans to work on, of coached plans to confirm or to tick for the agent."""
        if self.action == "tick":
            found = Plan.objects.visible_to(user)
        else:
            found = Plan.objects.coached_by(user) if self.action == "confirm" else Plan.objects.shared_with(user)
        return Action.objects.filter(plan__in=found).select_related("plan__agent")

    @extend_schema(request=TickSerializer, responses=ActionSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def tick(self, request: Request, pk: str) -> Response:
        """Say that an action is done, or take it back: the agent, or a coach for an agent without a log-in."""
        found = self.get_object()
        form = TickSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        done = plans.tick(found, done=form.validated_data["done"], by=self.person, now=timezone.now())
        return Response(ActionSerializer(done).data)

    @extend_schema(responses=QuestionsSerializer)
    @action(detail=True)
    def check(self, request: Request, pk: str) -> Response:
        """Show the questions of the knowledge check that goes with an own action, without the right answers."""
        found = self.get_object()
        asked = find(found.check_key)
        refuse(why_not_take(self.person, found, asked))
        return Response(QuestionsSerializer(asked).data)

    @extend_schema(request=AnswersSerializer, responses={201: AttemptDetailSerializer})
    @check.mapping.post
    @idempotent
    def take_check(self, request: Request, pk: str) -> Response:
        """Take the check: the action is done when enough answers are right. Every attempt is kept."""
        found = self.get_object()
        form = AnswersSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        made = checks.take(found, **form.validated_data, by=self.person, now=timezone.now())
        return Response(AttemptDetailSerializer(made).data, status=201)

    @extend_schema(request=None, responses=ActionSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def confirm(self, request: Request, pk: str) -> Response:
        """Confirm an action that the agent says is done."""
        return Response(ActionSerializer(plans.confirm(self.get_object(), by=self.person, now=timezone.now())).data)


def _edit(sent: dict[str, Any], number: int) -> PlanEdit:
    actions = [
        ActionEdit(
            pk=line["id"], kind=line["kind"], text=line["text"], due_on=line["due_on"], link=line["link"],
            check_key=line["check_key"],
        )
        for line in sent["actions"]
    ]  # fmt: skip
    return PlanEdit(
        number=number,
        focus=sent["focus"],
        follow_up_on=sent["follow_up_on"],
        actions=actions,
        follow_up_quota=sent["follow_up_quota"],
    )
