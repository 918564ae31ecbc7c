"""What the agent does with a shared plan, and the parts of it that other pages ask for."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person, requires, signed_in
from accounts.roles import Permission
from coaching.models import Action, Plan, Session
from coaching.selectors.board import board
from coaching.selectors.plans import plans_on
from coaching.services import plans
from core.http import render_page

PAGE = 25


@require_GET
@requires(Permission.WORK_ON_OWN_PLAN)
def mine(request: HttpRequest) -> HttpResponse:
    """List the plans that were shared with the agent, open ones first."""
    rows = board(Plan.objects.shared_with(person(request)))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render_page(request, "coaching/mine.html", {"page": page})


@require_POST
@requires(Permission.WORK_ON_OWN_PLAN)
def tick(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that an action is done, or take it back."""
    rows = Action.objects.filter(plan__in=Plan.objects.shared_with(person(request)))
    action = get_object_or_404(rows.select_related("plan__agent"), pk=pk)
    done = request.POST.get("done") == "1"
    plans.tick(action, done=done, by=person(request), now=timezone.now())
    messages.success(request, _("Done. Your supervisor can confirm it.") if done else _("Taken back."))
    return redirect("coaching:own_plan", action.plan_id)


@require_POST
@requires(Permission.COACH)
def tick_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Say for an agent without a log-in that an action is done, or take it back."""
    rows = Action.objects.filter(plan__in=Plan.objects.coached_by(person(request)))
    action = get_object_or_404(rows.select_related("plan__agent"), pk=pk)
    done = request.POST.get("done") == "1"
    plans.tick(action, done=done, by=person(request), now=timezone.now())
    messages.success(request, _("Done.") if done else _("Taken back."))
    return redirect("coaching:plan", action.plan_id)


@require_POST
@requires(Permission.COACH)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm an action that the agent has ticked."""
    rows = Action.objects.filter(plan__in=Plan.objects.coached_by(person(request)))
    action = get_object_or_404(rows.select_related("plan__agent"), pk=pk)
    plans.confirm(action, by=person(request), now=timezone.now())
    messages.success(request, _("Confirmed."))
    return redirect("coaching:plan", action.plan_id)


@require_POST
@requires(Permission.WORK_ON_OWN_PLAN)
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the agent has opened the plan."""
    found = get_object_or_404(Plan.objects.shared_with(person(request)).select_related("agent"), pk=pk)
    plans.read(found, by=person(request), now=timezone.now())
    return HttpResponse(status=204)


@require_GET
@signed_in
def for_review(request: HttpRequest, pk: int) -> HttpResponse:
    """List the plans that rest on a review, for the review's page."""
    return render_page(request, "coaching/_for_review.html", {"plans": plans_on(pk, person(request))})


@require_GET
@requires(Permission.WORK_ON_OWN_PLAN)
def for_agent(request: HttpRequest) -> HttpResponse:
    """Show the agent's own open plans, for the feedback page."""
    rows = Plan.objects.shared_with(person(request)).open().select_related("skill").prefetch_related("actions")
    coming = Session.objects.of_agent(person(request)).coming(timezone.now()).select_related("plan__skill").first()
    return render_page(request, "coaching/_for_agent.html", {"plans": rows, "session": coming})
