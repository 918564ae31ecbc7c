"""The planner: what a plan's quota will tell, and what it costs. Asked by the sampling pages, which cannot know it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import person, requires
from accounts.roles import Permission
from core.figures import figure
from core.http import render_page
from insights.planning import planner as planning
from rubrics.models import Rubric
from sampling import population
from sampling.forms import QuestionForm, TermsForm, WhatIfForm
from sampling.models import Plan
from sampling.quotas import PER_AGENT
from sampling.terms import Terms

TEMPLATE = "insights/planner.html"
SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.READ_SAMPLING)
def planner(request: HttpRequest) -> HttpResponse:
    """Answer for a plan while its form is being filled in. Sent as a body, since rules can be long."""
    sent = request.POST if request.method == "POST" else request.GET
    form, filters, question = TermsForm(sent), population.sent(sent), QuestionForm(sent)
    context: dict[str, Any] = {"question": question}
    if all([form.is_valid(), filters.is_valid(), question.is_valid()]):
        terms = Terms(
            rubric_id=_rubric_id(sent.get("rubric", "")),
            population=population.stored(sent),
            **form.cleaned_data,
        )
        context |= answered(terms, question.cleaned_data)
    return render_page(request, TEMPLATE, context, part="answer")


@require_GET
@requires(Permission.READ_SAMPLING)
def plan_planner(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer for a plan as it stands, or for another quota."""
    plan = get_object_or_404(Plan.objects.visible_to(person(request)), pk=pk)
    terms = Terms.of(plan)
    form = WhatIfForm(_with_defaults(request.GET, terms))
    context: dict[str, Any] = {"plan": plan, "question": form}
    status = 422
    if form.is_valid():
        context |= answered(planning.with_quota(terms, form.cleaned_data["quota_per_agent"]), form.cleaned_data)
        status = 200
    # What is half typed is answered with a sentence in place of the numbers; htmx shows that only as a success.
    if request.htmx:  # type: ignore[attr-defined]
        return render_page(request, TEMPLATE, context, part="answer")
    return render_page(request, TEMPLATE, context, status=status)


def answered(terms: Terms, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what the answer part shows."""
    found = planning.ask(terms, precision=asked["precision"], difference=asked["difference"], now=timezone.now())
    if found is None:
        return {"is_empty": True}
    pace = found.pace
    minutes = {
        name: figure(None if seconds is None else seconds / 60, places=1)
        for name, seconds in (("mean", pace.seconds), ("low", pace.low), ("high", pace.high))
    }
    return {
        "answer": found, "chart": planning.chart(found), "agents": found.agents[:SHOWN], "minutes": minutes,
        "has_classes": bool(terms.strata),
    }  # fmt: skip


def _with_defaults(sent: QueryDict, terms: Terms) -> dict[str, Any]:
    """Return what was asked; the plan's own quota, ten points and ten points where nothing was."""
    initial = {name: field.initial for name, field in WhatIfForm.base_fields.items()}
    given = {name: sent[name] for name in WhatIfForm.base_fields if name in sent}
    own = terms.quota_per_agent if terms.quota_kind == PER_AGENT else None
    return {**initial, "quota_per_agent": own, **given}


def _rubric_id(sent: str) -> int:
    """Return the rubric that was chosen; 0 for none, which asks about all."""
    return int(sent) if sent.isdecimal() and len(sent) <= 18 and Rubric.objects.filter(pk=int(sent)).exists() else 0
