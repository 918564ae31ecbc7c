"""Agents: the list, a new one, one of them, and what an admin may do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person
from accounts.filters import AgentFilter
from accounts.forms import AgentForm, NewAgentForm
from accounts.models import Agent, AgentIdentity, Workspace
from accounts.selectors import with_team_of_today
from accounts.services import agents
from accounts.views.guard import manages_people, tabs
from accounts.views.people import numbered
from core import time_zones
from core.http import render_page
from core.refusals import Refused

PAGE = 50
FORM = "accounts/agent_form.html"
EDITABLE = ("name", "level", "hired_on", "time_zone", "is_bot")


@require_GET
@manages_people
def agent_list(request: HttpRequest) -> HttpResponse:
    """List the agents with their team of today."""
    rows = with_team_of_today(Agent.objects.select_related("user").prefetch_related("identities"))
    found = AgentFilter(request.GET, queryset=rows.order_by("name", "pk"), request=request)
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    context = {"tabs": tabs("agents"), "filter": found, "page": page}
    return render_page(request, "accounts/agents.html", context)


@require_GET
@manages_people
def agent(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one agent: what is known, the numbers at each source, the teams so far, the log-in."""
    found = get_object_or_404(Agent.objects.select_related("user"), pk=pk)
    memberships = list(found.memberships.select_related("team").order_by("-starts_at"))
    context = {
        "agent": found,
        "identities": found.identities.all(),
        "memberships": memberships,
        "current": next((one.team for one in memberships if one.ends_at is None), None),
    }
    return render_page(request, "accounts/agent.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@manages_people
def new_agent(request: HttpRequest) -> HttpResponse:
    """Make an agent whom no import has brought yet."""
    now = timezone.now()
    if request.method != "POST":
        initial = {"time_zone": Workspace.current().time_zone, "level": Agent.Level.EXPERIENCED}
        return _form(request, NewAgentForm(initial=initial))
    form = NewAgentForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=422)
    values = dict(form.cleaned_data)
    team = values.pop("team")
    try:
        with transaction.atomic():
            made = agents.create_agent(values.pop("name"), **values, by=person(request), now=now)
            if team is not None:
                agents.move(made, team, by=person(request), now=now)
    except Refused as refused:
        form.add_error("external_id" if refused.refusal.code == "identity_taken" else None, refused.refusal.sentence)
        return _form(request, form, status=refused.refusal.status)
    messages.success(request, _("%(name)s is there. Imports find them by this number.") % {"name": made.name})
    return redirect("accounts:agent", pk=made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@manages_people
def edit_agent(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of an agent."""
    found = get_object_or_404(Agent, pk=pk)
    if request.method != "POST":
        values = {name: getattr(found, name) for name in EDITABLE} | {"languages": " ".join(found.languages)}
        return _form(request, AgentForm(initial=values), shown=found)
    form = AgentForm(request.POST)
    if not form.is_valid():
        return _form(request, form, shown=found, status=422)
    try:
        agents.edit(found, **form.cleaned_data, number=numbered(request), by=person(request), now=timezone.now())
    except Refused as refused:
        form.add_error("is_bot" if refused.refusal.code == "bot_log_in" else None, refused.refusal.sentence)
        return _form(request, form, shown=found, status=refused.refusal.status)
    messages.success(request, _("Saved."))
    return redirect("accounts:agent", pk=found.pk)


@require_POST
@manages_people
def unlink_agent(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the log-in of an agent away."""
    return _done(request, pk, agents.unlink, _("The log-in is no longer this agent's. The record stays."))


@require_POST
@manages_people
def deactivate_agent(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that an agent has left."""
    return _done(request, pk, agents.deactivate, _("Noted: this agent has left. The record stays."))


@require_POST
@manages_people
def reactivate_agent(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that an agent is back."""
    return _done(request, pk, agents.reactivate, _("Noted: this agent is back."))


def _done(request: HttpRequest, pk: int, verb: Callable[..., Agent], sentence: str) -> HttpResponse:
    verb(get_object_or_404(Agent, pk=pk), by=person(request), now=timezone.now())
    messages.success(request, sentence)
    return redirect("accounts:agent", pk=pk)


def _form(request: HttpRequest, form: AgentForm, *, shown: Agent | None = None, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "shown": shown, "time_zones": time_zones.names()}
    context["sources"] = AgentIdentity.objects.order_by("source").values_list("source", flat=True).distinct()
    return render_page(request, FORM, context, status=status)
