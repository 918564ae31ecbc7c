"""Programmes: the list, one of them, and what those who coach do with it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.forms import BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person, requires
from accounts.models import Agent
from accounts.roles import Permission
from coaching.exports import programme_csv
from coaching.filters import ProgrammeFilter
from coaching.models import Programme
from coaching.programme_effects import LEAST_FRESH
from coaching.programme_forms import CommonActionFormSet, ProgrammeForm, initial_of, programme_edit_from
from coaching.programme_policies import why_not_edit_programme, why_not_start_second, why_not_start_yet
from coaching.programme_words import DESIGNS
from coaching.selectors.programme_weeks import chart_of
from coaching.selectors.programmes import WHOLE, programme_page
from coaching.services import programmes
from core.forms import told
from core.http import render_page
from core.refusals import Refused

PAGE = 25


@require_GET
@requires(Permission.COACH)
def programme_list(request: HttpRequest) -> HttpResponse:
    """List the programmes within reach, the newest first."""
    rows = Programme.objects.visible_to(person(request)).select_related("skill", "team", "owner")
    rows = rows.annotate(size=Count("members")).order_by("-created_at", "-pk")
    filtered = ProgrammeFilter(request.GET, queryset=rows, request=request)
    page = Paginator(filtered.qs, PAGE).get_page(request.GET.get("page"))
    return render_page(request, "coaching/programmes.html", {"filter": filtered, "page": page})


@require_GET
@requires(Permission.COACH)
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one programme: its members, its design, the draw and what was measured."""
    found = _get(request, pk)
    shown = programme_page(found, now=timezone.now())
    waits = why_not_start_yet(found, shown.fresh, now=timezone.now())
    context = {
        "programme": found, "shown": shown, "may_edit": why_not_edit_programme(found) is None, "waits": waits,
        "may_start": found.status in (Programme.Status.DRAFT, Programme.Status.BASELINE) and waits is None,
        "may_start_second": why_not_start_second(found) is None,
        "may_close": "closed" in Programme.TRANSITIONS[found.status],
        "design": _design(found), "least_fresh": LEAST_FRESH, "chart": chart_of(found, shown),
    }  # fmt: skip
    return render_page(request, "coaching/programme.html", context)


@require_GET
@requires(Permission.COACH)
def data(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the sums behind the newest outcome, without names: it can be worked out again from them alone."""
    newest = _get(request, pk).outcomes.first()
    if newest is None:
        raise Http404
    response = StreamingHttpResponse(
        programme_csv(newest),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="programme-{pk}.csv"'},
    )
    return cast("HttpResponse", response)  # Django's stubs give the two no common name that decorators know


@require_http_methods(["GET", "POST"])
@requires(Permission.COACH)
def new_programme(request: HttpRequest) -> HttpResponse:
    """Put a programme together."""
    agents = _agents(request)
    if request.method == "POST":
        form, actions = ProgrammeForm(request.POST, agents=agents), CommonActionFormSet(request.POST, prefix="actions")
        return _written(request, form, actions, found=None)
    form = ProgrammeForm(agents=agents, initial={"skill": request.GET.get("skill")})
    return _form(request, form, CommonActionFormSet(prefix="actions"), found=None)


@require_http_methods(["GET", "POST"])
@requires(Permission.COACH)
def edit_programme(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    found, agents = _get(request, pk), _agents(request)
    if request.method == "POST":
        form, actions = ProgrammeForm(request.POST, agents=agents), CommonActionFormSet(request.POST, prefix="actions")
        return _written(request, form, actions, found=found)
    form = ProgrammeForm(agents=agents, initial=initial_of(found))
    return _form(request, form, CommonActionFormSet(prefix="actions", initial=found.actions), found=found)


@require_POST
@requires(Permission.COACH)
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a programme, or start it once its baseline is collected."""
    made = programmes.begin(_get(request, pk), by=person(request), now=timezone.now())
    if made.status == Programme.Status.BASELINE:
        messages.success(request, _("Begun: new random reviews of every member are collected first."))
    else:
        messages.success(request, _("Started: the plans are shared with those who start now."))
    return redirect("coaching:programme", pk)


@require_POST
@requires(Permission.COACH)
def start_second(request: HttpRequest, pk: int) -> HttpResponse:
    """Let those who waited start."""
    programmes.start_second(_get(request, pk), by=person(request), now=timezone.now())
    messages.success(request, _("Started: the plans are shared with those who waited."))
    return redirect("coaching:programme", pk)


@require_POST
@requires(Permission.COACH)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End a programme; its members' plans go on by themselves."""
    programmes.close(_get(request, pk), by=person(request), now=timezone.now())
    messages.success(request, _("Closed. Plans of members that still run go on as plans of their own."))
    return redirect("coaching:programme", pk)


def _get(request: HttpRequest, pk: int) -> Programme:
    rows = Programme.objects.visible_to(person(request)).select_related(*WHOLE)
    found: Programme = get_object_or_404(rows, pk=pk)
    return found


def _agents(request: HttpRequest) -> QuerySet[Agent]:
    people = Agent.objects.visible_to(person(request)).people().filter(deactivated_at=None)
    return people.exclude(user=person(request))


def _design(found: Programme) -> list[Any]:
    """Return what the chosen design can show and what it cannot."""
    chosen = [DESIGNS[name] for name in ("has_fresh_baseline", "has_waiting_list") if getattr(found, name)]
    return chosen or [DESIGNS["peers"]]


def _written(
    request: HttpRequest, form: ProgrammeForm, actions: BaseFormSet, *, found: Programme | None
) -> HttpResponse:
    if not (form.is_valid() & actions.is_valid()):  # both, so that each says what is wrong
        return _form(request, form, actions, found=found, status=422)
    edited = programme_edit_from(form, actions)
    try:
        if found is None:
            made = programmes.draft(edited, by=person(request), now=timezone.now())
        else:
            made = programmes.edit(found, edited, by=person(request), now=timezone.now())
    except Refused as refused:
        return _form(request, form, actions, found=found, status=told(form, refused))
    messages.success(request, _("Saved. Nobody sees it until you start it."))
    return redirect("coaching:programme", made.pk)


def _form(
    request: HttpRequest, form: ProgrammeForm, actions: BaseFormSet, *, found: Programme | None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "actions": actions, "programme": found, "plain": DESIGNS["peers"][1]}
    return render_page(request, "coaching/programme_edit.html", context, status=status)
