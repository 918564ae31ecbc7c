"""The API of sampling plans, and of the draws that are made from them now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
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
from core.refusals import Refusal, Refused, refuse
from sampling import periods, population
from sampling.api.rows import drawn
from sampling.api.serializers import (
    DrawNowSerializer,
    DrawSerializer,
    PreviewSerializer,
    SamplingPlanDetailSerializer,
    SamplingPlanEditSerializer,
    SamplingPlanSentSerializer,
    SamplingPlanSerializer,
)
from sampling.api.trials import TrialSerializer
from sampling.filters import PlanFilter
from sampling.forms import PlanForm
from sampling.models import Draw, Plan
from sampling.policies import why_not_edit
from sampling.rule_forms import form_fields
from sampling.selectors.preview import preview
from sampling.selectors.trials import trial as try_rules
from sampling.services import draws, plans

EARLIEST, LATEST = 1970, 2200


class SamplingPlans(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Plans, and the draws that are made from them now."""

    serializer_class = SamplingPlanSerializer
    filterset_class = PlanFilter
    model = Plan
    write_scope = Scope.SAMPLING
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(("list", "retrieve"), (Permission.READ_SAMPLING,)),
        **dict.fromkeys(
            ("create", "update", "preview", "trial", "pause", "resume", "archive", "draw"),
            (Permission.MANAGE_SAMPLING,),
        ),
    }

    def rows(self, user: User) -> Any:
        """Return the plans within reach."""
        rows = Plan.objects.visible_to(user).select_related("rubric")
        return rows.prefetch_related("past_terms", "pauses", "reviewers")

    @extend_schema(responses=SamplingPlanDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one plan with its next draw."""
        return self._shown()

    @extend_schema(request=SamplingPlanSentSerializer, responses={201: SamplingPlanDetailSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Make a plan; the fingerprints of its first keys are published at once."""
        form, data = _form(request, SamplingPlanSentSerializer)
        made = plans.create(
            form.cleaned_data["name"],
            terms=form.terms(data),
            starts_on=form.cleaned_data["starts_on"],
            reviewers=form.cleaned_data["reviewers"],
            feedback=form.feedback(),
            by=self.person,
            now=timezone.now(),
        )
        return Response(SamplingPlanDetailSerializer(self.get_queryset().get(pk=made.pk)).data, status=201)

    @extend_schema(request=SamplingPlanEditSerializer, responses=SamplingPlanDetailSerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Change a plan from its next period on; name and reviewers at once."""
        found = self.get_object()
        refuse(why_not_edit(self.person, found))
        form, data = _form(request, SamplingPlanEditSerializer, plan=found)
        plans.edit(
            found,
            name=form.cleaned_data["name"],
            terms=form.terms(data),
            reviewers=form.cleaned_data["reviewers"],
            feedback=form.feedback(),
            by=self.person,
            now=timezone.now(),
        )
        return self._shown()

    @extend_schema(request=SamplingPlanSentSerializer, responses=PreviewSerializer)
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """Count what a plan would find, without making it."""
        form, data = _form(request, SamplingPlanSentSerializer)
        return Response(PreviewSerializer(preview(form.terms(data), now=timezone.now())).data)

    @extend_schema(request=SamplingPlanSentSerializer, responses=TrialSerializer)
    @action(detail=False, methods=["post"])
    def trial(self, request: Request) -> Response:
        """Count what risk rules would have hit in the last four periods, and say of some conversations why."""
        form, data = _form(request, SamplingPlanSentSerializer)
        return Response(TrialSerializer(try_rules(form.terms(data), now=timezone.now())).data)

    @extend_schema(request=None, responses=SamplingPlanDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def pause(self, request: Request, pk: str) -> Response:
        """Stop drawing."""
        plans.pause(self.get_object(), by=self.person, now=timezone.now())
        return self._shown()

    @extend_schema(request=None, responses=SamplingPlanDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def resume(self, request: Request, pk: str) -> Response:
        """Draw again, beginning with the running period."""
        plans.resume(self.get_object(), by=self.person, now=timezone.now())
        return self._shown()

    @extend_schema(request=None, responses=SamplingPlanDetailSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def archive(self, request: Request, pk: str) -> Response:
        """End a plan for good; its draws stay."""
        plans.archive(self.get_object(), by=self.person, now=timezone.now())
        return self._shown()

    @extend_schema(request=DrawNowSerializer, responses={200: DrawSerializer, 201: DrawSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def draw(self, request: Request, pk: str) -> Response:
        """Draw a closed period: 201 for a new draw, 200 for the one that stands already."""
        plan, now = self.get_object(), timezone.now()
        form = DrawNowSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        moment = form.validated_data.get("moment")
        if moment is not None and not EARLIEST < moment.year < LATEST:
            raise Refused(Refusal("unreadable_moment", 422, _("Say which period to draw.")))
        period = periods.containing(plan, moment) if moment else periods.last_closed(plan, now)
        made = draws.freeze(plan, period=period, by=self.person, now=now)
        found = drawn(Draw.objects.all()).get(pk=made.pk)
        return Response(DrawSerializer(found).data, status=201 if made.frozen_at == now else 200)

    def _shown(self) -> Response:
        return Response(SamplingPlanDetailSerializer(self.get_object()).data)


def _form(
    request: Request, serializer: type[SamplingPlanEditSerializer], *, plan: Plan | None = None
) -> tuple[Any, QueryDict]:
    """Read a plan by the form of the page, so that both refuse the same."""
    sent = serializer(data=request.data)
    sent.is_valid(raise_exception=True)
    data = form_data(sent.validated_data)
    form, filters = PlanForm(data, now=timezone.now(), plan=plan), population.sent(data)
    if not all([form.is_valid(), filters.is_valid()]):
        found = {**form.errors, **{f"population.{name}": lines for name, lines in filters.form.errors.items()}}
        found |= {f"risk_rules.{place}": lines for place, lines in form.rules.errors().items()}
        raise serializers.ValidationError({name: list(map(str, lines)) for name, lines in found.items()})
    return form, data


def form_data(sent: Mapping[str, Any]) -> QueryDict:
    """Return what was sent as the form of the page would send it."""
    data = QueryDict(mutable=True)
    for name, value in sent.items():
        if name == "population":
            for field, given in value.items():
                data.setlist(f"{population.PREFIX}-{field}", given if isinstance(given, list) else [given])
        elif name in {"reviewers", "strata"}:
            data.setlist(name, [str(one) for one in value])
        elif name == "risk_rules":
            data.update(form_fields(value))
        elif name == "risk_shares":
            data[name] = ", ".join(map(str, value))
        elif name == "rubric":
            data[name] = str(value.pk)
        elif value is not False:  # a form reads the absence of a box as no
            data[name] = str(value)
    return data
