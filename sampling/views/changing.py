"""Change plans: make, edit, pause, resume, archive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import person, requires
from accounts.models import Workspace
from accounts.roles import Permission
from conversations.filters import field_names
from core import time_zones
from core.http import render_page
from core.refusals import Refused, refuse
from sampling import cycles, population
from sampling.cycles import Era
from sampling.feedback_rules import FeedbackRules
from sampling.forms import PlanForm, QuestionForm
from sampling.models import Plan
from sampling.policies import why_not_edit
from sampling.rule_forms import RuleForms
from sampling.selectors.preview import preview
from sampling.services import plans
from sampling.terms import Terms

FORM = "sampling/form.html"
SPARE_RULES = 2


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_SAMPLING)
def new(request: HttpRequest) -> HttpResponse:
    """Make a plan."""
    now = timezone.now()
    if request.method != "POST":
        start = Terms(rubric_id=0, time_zone=Workspace.current().time_zone)
        initial = {**FeedbackRules().as_dict(), **start.as_json(), "starts_on": _next_start(start, now)}
        return _form(request, PlanForm(now=now, initial=initial), terms=start, now=now)
    form = PlanForm(request.POST, now=now)
    if not _is_valid(form, request):
        return _form(request, form, now=now, status=422)
    try:
        made = plans.create(
            form.cleaned_data["name"],
            terms=form.terms(request.POST),
            starts_on=form.cleaned_data["starts_on"],
            reviewers=form.cleaned_data["reviewers"],
            feedback=form.feedback(),
            by=person(request),
            now=now,
        )
    except Refused as refused:
        form.add_error("name", refused.refusal.sentence)
        return _form(request, form, now=now, status=refused.refusal.status)
    messages.success(request, _("The plan is active. The fingerprints of its next keys are published."))
    return redirect("sampling:plan", pk=made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_SAMPLING)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a plan from its next period on."""
    found = _plan(request, pk)
    refuse(why_not_edit(person(request), found))
    now = timezone.now()
    if request.method != "POST":
        initial = {**FeedbackRules.of(found).as_dict(), **Terms.of(found).as_json()}
        initial |= {"name": found.name, "rubric": found.rubric_id}
        initial["reviewers"] = [reviewer.user_id for reviewer in found.reviewers.all()]
        return _form(
            request, PlanForm(now=now, plan=found, initial=initial), plan=found, terms=Terms.of(found), now=now
        )
    form = PlanForm(request.POST, now=now, plan=found)
    if not _is_valid(form, request):
        return _form(request, form, plan=found, now=now, status=422)
    try:
        plans.edit(
            found,
            name=form.cleaned_data["name"],
            terms=form.terms(request.POST),
            reviewers=form.cleaned_data["reviewers"],
            feedback=form.feedback(),
            by=person(request),
            now=now,
        )
    except Refused as refused:
        form.add_error("name", refused.refusal.sentence)
        return _form(request, form, plan=found, now=now, status=refused.refusal.status)
    messages.success(request, _("Saved."))
    return redirect("sampling:plan", pk=found.pk)


@require_POST
@requires(Permission.MANAGE_SAMPLING)
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop drawing."""
    return _move(request, pk, plans.pause, _("The plan is paused. Periods that close meanwhile are not drawn."))


@require_POST
@requires(Permission.MANAGE_SAMPLING)
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw again."""
    return _move(request, pk, plans.resume, _("The plan draws again, beginning with the running period."))


@require_POST
@requires(Permission.MANAGE_SAMPLING)
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """End a plan."""
    return _move(request, pk, plans.archive, _("The plan is archived. Its draws stay."))


def _move(request: HttpRequest, pk: int, verb: Callable[..., Plan], sentence: str) -> HttpResponse:
    verb(_plan(request, pk), by=person(request), now=timezone.now())
    messages.success(request, sentence)
    return redirect("sampling:plan", pk=pk)


def _plan(request: HttpRequest, pk: int) -> Plan:
    return get_object_or_404(Plan.objects.visible_to(person(request)), pk=pk)


def _is_valid(form: PlanForm, request: HttpRequest) -> bool:
    """Check both halves, so that one answer names all mistakes."""
    return all([form.is_valid(), population.sent(request.POST).is_valid()])


def _next_start(terms: Terms, now: datetime) -> str:
    """Return the first day of the next period: the first whose fingerprint can be published beforehand."""
    return cycles.containing([Era(terms.cycle, terms.time_zone)], now).day_after.isoformat()


def _form(
    request: HttpRequest,
    form: PlanForm,
    *,
    now: datetime,
    plan: Plan | None = None,
    terms: Terms | None = None,
    status: int = 200,
) -> HttpResponse:
    filters = population.filters(terms.population) if terms else population.sent(request.POST)
    next_rule = max(form.rules.next_number, 1)
    context: dict[str, Any] = {
        "form": form,
        "rules": form.rules,
        "next_rule": next_rule,
        # Without scripts the button for another rule does nothing: there, some stand in the form from the beginning.
        "spare_rules": [RuleForms.blank(next_rule + place) for place in range(SPARE_RULES)],
        "filters": filters.form,
        "plan": plan,
        "preview": preview(terms, now=now) if terms else None,
        "chosen": population.words(terms.population) if terms else [],
        "field_names": field_names(request),
        "question": QuestionForm(),
        "time_zones": time_zones.names(),
    }
    return render_page(request, FORM, context, status=status)
