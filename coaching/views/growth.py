"""The growth page on both sides, and what each level expects."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import may, person, requires
from accounts.models import Agent
from accounts.roles import Permission
from coaching.filters import GrowthFilter
from coaching.growth import LEVELS
from coaching.selectors.growth import Matrix, expectations, fingerprint, growth
from coaching.selectors.team_growth import side_by_side
from coaching.services import expectations as service
from core.forms import told
from core.http import render_page
from core.refusals import Refused
from rubrics.models import Skill

PAGE = 25


@require_GET
@requires(Permission.WORK_ON_OWN_PLAN)
def own_growth(request: HttpRequest) -> HttpResponse:
    """Show an agent where they stand to the next level."""
    agent = Agent.objects.filter(user=person(request)).first()
    if agent is None:
        return render_page(request, "coaching/growth_none.html", {})
    return _page(request, agent, is_agent=True)


@require_GET
@requires(Permission.COACH)
def agent_growth(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the growth of an agent to those who coach the agent's team."""
    agents = Agent.objects.visible_to(person(request)).people()
    return _page(request, get_object_or_404(agents, pk=pk), is_agent=False)


@require_GET
@requires(Permission.COACH)
def team_growth(request: HttpRequest) -> HttpResponse:
    """Show the growth of everybody whom a person coaches, side by side."""
    user = person(request)
    people = Agent.objects.visible_to(user).people().filter(deactivated_at=None).exclude(user=user)
    filtered = GrowthFilter(request.GET, queryset=people, request=request)
    page = Paginator(filtered.qs.order_by("name", "pk"), PAGE).get_page(request.GET.get("page"))
    rows = side_by_side(list(page.object_list), now=timezone.now())
    context = {"filter": filtered, "page": page, "rows": rows, "skills": Skill.objects.all()}
    return render_page(request, "coaching/team_growth.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.COACH)
def expected(request: HttpRequest) -> HttpResponse:
    """Show what each level expects of each skill; those who look after the rubrics change it."""
    may_write = may(person(request), Permission.MANAGE_RUBRICS)
    matrix, skills = expectations(), list(Skill.objects.all())
    form = ExpectationsForm(request.POST or None, skills=skills, matrix=matrix)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                service.expect(
                    form.matrix(), state=form.cleaned_data["state"], by=person(request), now=timezone.now()
                )  # fmt: skip
            except Refused as refused:
                status = told(form, refused)
            else:
                messages.success(request, _("Saved."))
                return redirect("coaching:expected")
    context = {
        "form": form,
        "may_write": may_write,
        "rows": form.rows(),
        "levels": [Agent.Level(one).label for one in LEVELS],
    }
    return render_page(request, "coaching/expected.html", context, status=status)


class ExpectationsForm(forms.Form):
    """The points of every skill at every level."""

    state = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, skills: list[Skill], matrix: Matrix, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.skills = skills
        self.fields["state"].initial = fingerprint(matrix)
        for skill in skills:
            for level in LEVELS:
                label = _("%(skill)s, %(level)s") % {"skill": skill.name, "level": Agent.Level(level).label}
                self.fields[f"{skill.slug}:{level}"] = forms.FloatField(
                    min_value=0, max_value=100, initial=f"{matrix[skill.slug][level]:g}", label=label,
                    widget=forms.NumberInput({"class": "points-input", "step": "any", "inputmode": "decimal"}),
                )  # fmt: skip

    def rows(self) -> list[tuple[Skill, list[Any]]]:
        """Return each skill with its four fields."""
        return [(skill, [self[f"{skill.slug}:{level}"] for level in LEVELS]) for skill in self.skills]

    def matrix(self) -> Matrix:
        """Return what was sent."""
        return {
            skill.slug: {level: self.cleaned_data[f"{skill.slug}:{level}"] for level in LEVELS} for skill in self.skills
        }


def _page(request: HttpRequest, agent: Agent, *, is_agent: bool) -> HttpResponse:
    context = {"growth": growth(agent, now=timezone.now()), "agent": agent, "is_agent": is_agent}
    return render_page(request, "coaching/growth.html", context)
