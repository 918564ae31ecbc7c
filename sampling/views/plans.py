"""Read plans: the list, one plan, and how many conversations a population holds."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import person, requires
from accounts.roles import Permission
from core.http import render_page
from sampling import population
from sampling.filters import PlanFilter
from sampling.forms import TermsForm, WhatIfForm
from sampling.models import Plan
from sampling.policies import why_not_edit, why_not_manage
from sampling.quotas import PER_AGENT
from sampling.selectors import pages
from sampling.selectors.due import drawn_periods, next_draw
from sampling.selectors.preview import preview as count_population
from sampling.terms import Terms

PLANS = 25
DRAWS = 20


@require_GET
@requires(Permission.READ_SAMPLING)
def plan_list(request: HttpRequest) -> HttpResponse:
    """List the plans, each with its last and its next draw."""
    plans = pages.listed(Plan.objects.visible_to(person(request)))
    filtered = PlanFilter(request.GET, queryset=plans, request=request)
    page = Paginator(filtered.qs, PLANS).get_page(request.GET.get("page"))
    context = {
        "filter": filtered,
        "page": page,
        "rows": pages.rows(page, now=timezone.now()),
        "may_manage": why_not_manage(person(request)) is None,
    }
    return render_page(request, "sampling/list.html", context)


@require_GET
@requires(Permission.READ_SAMPLING)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one plan: its terms, the next draw with the key's fingerprint, and all draws."""
    found = get_object_or_404(pages.listed(Plan.objects.visible_to(person(request))), pk=pk)
    now = timezone.now()
    coming = next_draw(found, drawn_periods([found]), now)
    in_force, waiting = pages.terms_in_force(found, now)
    context = {
        "plan": found,
        "next": coming,
        "key": pages.key_of(found, coming.period) if coming else None,
        "in_force": in_force,
        "waiting": waiting,
        "rules": Terms.of(found).rules,
        "population": population.words(found.population),
        "reviewers": [one.user for one in found.reviewers.select_related("user")],
        "question": WhatIfForm(
            initial={"quota_per_agent": found.quota_per_agent if found.quota_kind == PER_AGENT else None}
        ),
        "drawable": pages.drawable(found, now=now),
        "page": Paginator(pages.draws(found.draws.all()), DRAWS).get_page(request.GET.get("page")),
        "may_manage": why_not_edit(person(request), found) is None,
    }
    return render_page(request, "sampling/plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.READ_SAMPLING)
def preview(request: HttpRequest) -> HttpResponse:
    """Count what a population holds while its form is being filled in. Sent as a body, since rules can be long."""
    sent = request.POST if request.method == "POST" else request.GET
    form, filters = TermsForm(sent), population.sent(sent)
    counted, chosen = None, list[tuple[str, str]]()
    if form.is_valid() and filters.is_valid():
        terms = Terms(rubric_id=0, population=population.stored(sent), **form.cleaned_data)
        counted, chosen = count_population(terms, now=timezone.now()), population.words(terms.population)
    context = {"preview": counted, "chosen": chosen, "swapped": True}
    return render_page(request, "sampling/form.html", context, part="preview")
