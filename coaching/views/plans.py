"""One plan, and what a supervisor decides about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person, requires
from accounts.models import Agent, User
from accounts.roles import Permission
from coaching import words
from coaching.forms import (
    ActionFormSet,
    CloseForm,
    DeclineForm,
    ExtendForm,
    HandOverForm,
    LibraryChoiceForm,
    PlanForm,
    RemarkForm,
    StartForm,
    edit_from,
)
from coaching.models import Plan, Remark
from coaching.policies import why_not_extend
from coaching.selectors.checks import checks_for, with_checks
from coaching.selectors.library import offered_to
from coaching.selectors.plans import plan_page
from coaching.services import contents, handovers, plans
from core.forms import told
from core.http import render_page
from core.refusals import Refused

DIALOGS = ("decline_form", "extend_form", "close_form", "hand_over_form", "helpless_form")


@require_GET
@requires(Permission.WORK_ON_OWN_PLAN)
def own_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a shared plan to the agent it is for."""
    return plan_response(request, _own(request, pk))


@require_GET
@requires(Permission.COACH)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one plan to those who coach."""
    return plan_response(request, _get(request, pk))


@require_POST
@requires(Permission.COACH)
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a proposed plan."""
    plans.accept(_get(request, pk), by=person(request), now=timezone.now())
    messages.success(request, _("Accepted. Change what you like, then share it with the agent."))
    return redirect("coaching:plan", pk)


@require_POST
@requires(Permission.COACH)
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline a proposed plan with a reason."""
    found, form = _get(request, pk), DeclineForm(request.POST)
    if not form.is_valid():
        return plan_response(request, found, decline_form=form, status=422)
    plans.decline(found, **form.cleaned_data, by=person(request), now=timezone.now())
    messages.success(request, _("Declined. The reason is kept, and this skill rests for four weeks."))
    return redirect("coaching:list")


@require_POST
@requires(Permission.COACH)
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Share an accepted plan with the agent."""
    found = plans.share(_get(request, pk), by=person(request), now=timezone.now())
    messages.success(request, _("Shared with %(name)s.") % {"name": found.agent.name})
    return redirect("coaching:plan", pk)


@require_POST
@requires(Permission.COACH)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a plan with a reason."""
    found, form = _get(request, pk), CloseForm(request.POST)
    if not form.is_valid():
        return plan_response(request, found, close_form=form, status=422)
    plans.close(found, **form.cleaned_data, by=person(request), now=timezone.now())
    messages.success(request, _("Closed. This skill rests for four weeks."))
    return redirect("coaching:plan", pk)


@require_POST
@requires(Permission.COACH)
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a plan to another person who coaches the team."""
    found = _get(request, pk)
    form = HandOverForm(request.POST, people=_others(found))
    if not form.is_valid():
        return plan_response(request, found, hand_over_form=form, status=422)
    handovers.hand_over(found, to=form.cleaned_data["to"], by=person(request), now=timezone.now())
    messages.success(request, _("Handed over to %(name)s.") % {"name": form.cleaned_data["to"]})
    return redirect("coaching:plan", pk)


@require_POST
@requires(Permission.COACH)
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow a plan up later, with more reviews drawn until then."""
    found, form = _get(request, pk), ExtendForm(request.POST)
    if not form.is_valid():
        return plan_response(request, found, extend_form=form, status=422)
    made = plans.extend(found, weeks=form.cleaned_data["weeks"], by=person(request), now=timezone.now())
    day = date_format(made.follow_up_on, "j M") if made.follow_up_on else ""
    messages.success(request, _("Extended until %(day)s.") % {"day": day})
    return redirect("coaching:plan", pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.COACH)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the focus, the follow-up date and the actions."""
    found = _get(request, pk)
    terms: dict[str, Any] = {"prefix": "actions", "form_kwargs": {"checks": checks_for(found)}}
    if request.method == "POST":
        form, actions = PlanForm(request.POST), ActionFormSet(request.POST, **terms)
        more, status = LibraryChoiceForm(request.POST, offered=offered_to(found)), 422
        if form.is_valid() and actions.is_valid() and more.is_valid():
            edited = edit_from(form, actions, more.taken(today=timezone.localdate()))
            try:
                plans.edit(found, edited, by=person(request), now=timezone.now())
            except Refused as refused:
                status = told(form, refused)
            else:
                messages.success(request, _("Saved."))
                return redirect("coaching:plan", pk)
        context = {"plan": found, "form": form, "actions": actions, "more": more}
        return render_page(request, "coaching/edit.html", context, status=status)
    form = PlanForm(
        initial={
            "number": found.edit_number, "focus": found.focus, "follow_up_on": found.follow_up_on,
            "follow_up_quota": found.follow_up_quota,
        }
    )  # fmt: skip
    known = list(found.actions.values("pk", "kind", "text", "due_on", "link", "check_key"))
    actions = ActionFormSet(initial=known, **terms)
    more = LibraryChoiceForm(offered=offered_to(found))
    return render_page(request, "coaching/edit.html", {"plan": found, "form": form, "actions": actions, "more": more})


@require_http_methods(["GET", "POST"])
@requires(Permission.COACH)
def start(request: HttpRequest) -> HttpResponse:
    """Start a plan by hand."""
    people = Agent.objects.visible_to(person(request)).people().filter(deactivated_at=None)
    agents = people.exclude(user=person(request))
    if request.method == "POST":
        form, status = StartForm(request.POST, agents=agents), 422
        if form.is_valid():
            try:
                made = plans.start(**form.cleaned_data, by=person(request), now=timezone.now())
            except Refused as refused:
                status = told(form, refused)
            else:
                messages.success(request, _("Started. Look it over, then share it."))
                return redirect("coaching:plan", made.pk)
        return render_page(request, "coaching/start.html", {"form": form}, status=status)
    form = StartForm(agents=agents, initial={"agent": request.GET.get("agent"), "skill": request.GET.get("skill")})
    return render_page(request, "coaching/start.html", {"form": form})


def _get(request: HttpRequest, pk: int) -> Plan:
    rows = Plan.objects.coached_by(person(request))
    found: Plan = get_object_or_404(rows.select_related("agent", "team", "skill", "owner", "decided_by"), pk=pk)
    return found


def _own(request: HttpRequest, pk: int) -> Plan:
    rows = Plan.objects.shared_with(person(request))
    found: Plan = get_object_or_404(rows.select_related("agent", "team", "skill", "owner"), pk=pk)
    return found


def plan_response(request: HttpRequest, found: Plan, *, status: int = 200, **forms: Form) -> HttpResponse:
    """Answer with the page of a plan. forms: what was sent and cannot be taken, by the name of its dialog."""
    is_agent = found.agent.user_id == person(request).pk
    actions, shown = with_checks(found.actions.all()), plan_page(found, now=timezone.now())
    context = {
        "shown": shown,
        "plan": found,
        "why": words.why_to_agent(found) if is_agent else words.why(found),
        "standing": shown.standing,
        "looks_note": words.looks_note(found),
        "declined_because": words.declined_because(found),
        "closed_because": words.closed_because(found),
        "is_open": found.status not in Plan.ENDED,
        "may_close": "closed" in Plan.TRANSITIONS[found.status],
        "may_extend": not is_agent and why_not_extend(found) is None,
        "actions": actions,
        "done": sum(1 for action in actions if action.done_at),
        "is_agent": is_agent,
        "may_coach": not is_agent,
        "today": timezone.localdate(),
        **_forms(found, is_agent=is_agent),
        **forms,
        "wrong": {name: name in forms for name in DIALOGS},
    }
    return render_page(request, "coaching/plan.html", context, status=status)


def _others(found: Plan) -> QuerySet[User]:
    """Return who coaches the team beside the one who has the plan."""
    return contents.coaches_of(found, now=timezone.now()).exclude(pk=found.owner_id or 0)


def _forms(found: Plan, *, is_agent: bool) -> dict[str, Form]:
    """Return the forms that a plan's page offers."""
    remark = {"remark_form": RemarkForm(plan=found, initial={"kind": Remark.Kind.COMMENT})}
    if is_agent:
        return {**remark, "helpless_form": RemarkForm(plan=found, initial={"kind": Remark.Kind.NOT_HELPFUL})}
    people = _others(found)
    return {
        **remark, "decline_form": DeclineForm(), "extend_form": ExtendForm(), "close_form": CloseForm(),
        "hand_over_form": HandOverForm(people=people),
    }  # fmt: skip
