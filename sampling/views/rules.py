"""Parts of a plan's form: one more risk rule, and what the rules would have hit."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import requires
from accounts.roles import Permission
from core.http import render_page
from sampling import population
from sampling.forms import TermsForm
from sampling.rule_forms import HIGHEST, RuleForms
from sampling.selectors.trials import trial as try_rules
from sampling.terms import Terms


@require_GET
@requires(Permission.MANAGE_SAMPLING)
def rule(request: HttpRequest) -> HttpResponse:
    """Give the form one more rule."""
    asked = request.GET.get("number", "")
    number = min(int(asked), HIGHEST) if asked.isascii() and asked.isdecimal() and len(asked) < 5 else 0
    return render_page(
        request, "sampling/_rule_added.html", {"rule": RuleForms.blank(number), "next": min(number + 1, HIGHEST)}
    )


@require_POST
@requires(Permission.MANAGE_SAMPLING)
def trial(request: HttpRequest) -> HttpResponse:
    """Count what the rules of a form would have hit in the last periods, and show why. Nothing is stored."""
    form, filters = TermsForm(request.POST), population.sent(request.POST)
    context: dict[str, object] = {}
    if form.is_valid() and filters.is_valid():
        terms = Terms(rubric_id=0, population=population.stored(request.POST), **form.cleaned_data)
        context["trial"] = try_rules(terms, now=timezone.now())
    else:
        lines = [line for lines in form.rules.errors().values() for line in lines]
        context["why"] = " ".join(lines)
    return render_page(request, "sampling/_trial.html", context)
