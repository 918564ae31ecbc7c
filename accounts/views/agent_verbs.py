"""One verb at a time about an agent: move to a team, give a log-in, note another number."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import days
from accounts.access import person
from accounts.forms import IdentityForm, LinkForm, MoveForm
from accounts.models import Agent, AgentIdentity, User
from accounts.services import agents
from accounts.views.guard import manages_people
from core.http import render_page
from core.refusals import Refused

OFFERED = 500


@require_http_methods(["GET", "HEAD", "POST"])
@manages_people
def move_agent(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an agent into another team from a day on."""
    found, now = get_object_or_404(Agent, pk=pk), timezone.now()
    form = MoveForm(request.POST) if request.method == "POST" else MoveForm(initial={"since": timezone.localdate(now)})
    words = {
        "title": _("Move to a team"),
        "sentence": _("Conversations that end from this day on count for the new team; reviews so far stay."),
        "verb": _("Move"),
    }
    if not (request.method == "POST" and form.is_valid()):
        return _form(request, found, form, words)
    sent = form.cleaned_data
    try:
        agents.move(found, sent["team"], at=days.begin(sent["since"], now=now), by=person(request), now=now)
    except Refused as refused:
        return _refused(request, found, form, words, refused)
    where = sent["team"].name if sent["team"] else _("no team")
    messages.success(request, _("%(name)s is in %(team)s.") % {"name": found.name, "team": where})
    return redirect("accounts:agent", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@manages_people
def link_agent(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an agent a log-in."""
    found = get_object_or_404(Agent, pk=pk)
    form = LinkForm(request.POST) if request.method == "POST" else LinkForm()
    words = {
        "title": _("Give a log-in"),
        "sentence": _(
            "Whoever signs in with it sees this agent's reviews as their own, once they have the role Agent."
        ),
        "verb": _("Link"),
        "log_ins": User.objects.filter(is_active=True, agent=None).order_by("email")[:OFFERED],
    }
    if not (request.method == "POST" and form.is_valid()):
        return _form(request, found, form, words)
    try:
        agents.link(found, form.cleaned_data["email"], by=person(request), now=timezone.now())
    except Refused as refused:
        return _refused(request, found, form, words, refused)
    messages.success(request, _("Linked."))
    return redirect("accounts:agent", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@manages_people
def identify_agent(request: HttpRequest, pk: int) -> HttpResponse:
    """Note another number by which a source knows an agent."""
    found = get_object_or_404(Agent, pk=pk)
    form = IdentityForm(request.POST) if request.method == "POST" else IdentityForm()
    words = {
        "title": _("Note another number"),
        "sentence": _("For somebody who answers in two help desks, or whose number has changed. Later imports use it."),
        "verb": _("Note it"),
        "sources": AgentIdentity.objects.order_by("source").values_list("source", flat=True).distinct(),
    }
    if not (request.method == "POST" and form.is_valid()):
        return _form(request, found, form, words)
    try:
        agents.identify(found, **form.cleaned_data, by=person(request), now=timezone.now())
    except Refused as refused:
        return _refused(request, found, form, words, refused)
    messages.success(request, _("Noted."))
    return redirect("accounts:agent", pk=pk)


def _refused(
    request: HttpRequest, found: Agent, form: forms.Form, words: dict[str, Any], refused: Refused
) -> HttpResponse:
    form.add_error(None, refused.refusal.sentence)
    return _form(request, found, form, words, status=refused.refusal.status)


def _form(
    request: HttpRequest, found: Agent, form: forms.Form, words: dict[str, Any], *, status: int | None = None
) -> HttpResponse:
    context = {"agent": found, "form": form, **words}
    return render_page(request, "accounts/agent_verb.html", context, status=status or (422 if form.is_bound else 200))
