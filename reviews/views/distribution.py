"""How work is given out: the rules of a plan, who is away, who does not review whom, and handing over."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person, requires
from accounts.models import User
from accounts.roles import Permission
from core.http import render_page
from core.refusals import Refusal, Refused
from reviews.filters import ReviewersShown
from reviews.forms import AbsenceForm, ConflictForm, GoalForm, HandOverForm, RulesForm
from reviews.models import Absence, Conflict, QueueItem, QueueRules
from reviews.policies import oversees
from reviews.selectors.reviewers import agents_for, described, items_of, reviewers_for, who_may_take
from reviews.services import absences, goals, handing_over
from reviews.services import rules as services
from sampling.models import Plan

PAGE = 25
P = Permission


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.MANAGE_SAMPLING)
def rules(request: HttpRequest, pk: int) -> HttpResponse:
    """Set how a plan's work is given out."""
    plan = get_object_or_404(Plan.objects.visible_to(person(request)), pk=pk)
    named = plan.reviewers.select_related("user").order_by("user__name", "user")
    form = RulesForm(request.POST or None, instance=QueueRules.of(plan), reviewers=named)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            services.change(
                plan, form.cleaned_data, capacities=form.capacities(), by=person(request), now=timezone.now()
            )
            messages.success(request, _("Saved. What is in the queue already stays with whom it was given to."))
            return redirect("sampling:plan", plan.pk)
        status = 422
    context = {"plan": plan, "form": form, "rail_at": reverse("sampling:list")}
    return render_page(request, "reviews/rules.html", context, status=status)


@require_GET
@requires(P.SCORE)
def reviewer_list(request: HttpRequest) -> HttpResponse:
    """List the reviewers, with who is away and how far they are; to a reviewer, themself."""
    user, now = person(request), timezone.now()
    if not oversees(user):
        return redirect("reviews:reviewer", user.pk)
    found = ReviewersShown(request.GET, queryset=reviewers_for(user, now=now).order_by("name", "pk"), request=request)
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    context = {"filter": found, "page": page, "rows": described(page, now=now), "now": now}
    return render_page(request, "reviews/reviewers.html", context)


@require_GET
@requires(P.SCORE)
def reviewer(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one reviewer: absences, conflicts, goal, and what waits for them by name."""
    return _page(request, _person(request, pk))


@require_POST
@requires(P.SCORE)
def be_away(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter an absence."""
    who = _person(request, pk)
    form = AbsenceForm(request.POST, zone=ZoneInfo(who.time_zone))
    if not form.is_valid():
        return _page(request, who, absence_form=form, status=422)
    moments = {name: form.cleaned_data[name] for name in ("starts_at", "ends_at")}
    try:
        absences.be_away(who, **moments, by=person(request), now=timezone.now())
    except Refused as refused:
        return _again(request, who, form, refused.refusal, "first_day", name="absence_form")
    messages.success(request, _("Entered. What is due before the return goes to the next in line when it begins."))
    return redirect("reviews:reviewer", who.pk)


@require_POST
@requires(P.SCORE)
def cancel_absence(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an absence back."""
    absence = get_object_or_404(Absence.objects.visible_to(person(request)), pk=pk)
    absences.cancel(absence, by=person(request), now=timezone.now())
    messages.success(request, _("Taken back."))
    return redirect("reviews:reviewer", absence.user_id)


@require_POST
@requires(P.SCORE)
def declare_conflict(request: HttpRequest, pk: int) -> HttpResponse:
    """Note whom somebody does not review."""
    who, form = _person(request, pk), ConflictForm(request.POST, agents=agents_for(person(request)))
    if not form.is_valid():
        return _page(request, who, conflict_form=form, status=422)
    sent = form.cleaned_data
    try:
        absences.declare_conflict(
            who, sent["agent"], reason=sent["reason"], by=person(request), now=timezone.now()
        )  # fmt: skip
    except Refused as refused:
        return _again(request, who, form, refused.refusal, "agent", name="conflict_form")
    messages.success(request, _("Noted. Conversations of this agent go to others from now on."))
    return redirect("reviews:reviewer", who.pk)


@require_POST
@requires(P.MANAGE_SAMPLING)
def end_conflict(request: HttpRequest, pk: int) -> HttpResponse:
    """End a conflict."""
    conflict = get_object_or_404(Conflict.objects.visible_to(person(request)), pk=pk)
    absences.end_conflict(conflict, by=person(request), now=timezone.now())
    messages.success(request, _("Ended."))
    return redirect("reviews:reviewer", conflict.user_id)


@require_POST
@requires(P.MANAGE_SAMPLING)
def set_goal(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the weekly goal of a reviewer."""
    who, form = _person(request, pk), GoalForm(request.POST)
    if not form.is_valid():
        return _page(request, who, goal_form=form, status=422)
    goals.set_goal(who, form.cleaned_data["reviews"], by=person(request), now=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("reviews:reviewer", who.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.SCORE)
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass an item on, with a reason."""
    user, now = person(request), timezone.now()
    rows = QueueItem.objects.in_hand_of(user, everywhere=oversees(user)).select_related("conversation", "plan")
    item = get_object_or_404(rows, pk=pk)
    held_by = item.claimed_by_id or item.assigned_to_id
    people = reviewers_for(user, now=now).filter(pk__in=who_may_take(item, now=now)).order_by("name", "pk")
    form = HandOverForm(
        request.POST if request.method == "POST" else None, people=people if oversees(user) else User.objects.none()
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                handing_over.hand_over(item, by=user, now=now, **form.cleaned_data)
            except Refused as refused:
                form.add_error("to" if form.cleaned_data["to"] else None, str(refused.refusal.sentence))
                status = refused.refusal.status
            else:
                return _handed_over(request, held_by)
    context = {"item": item, "form": form, "may_choose": oversees(user)}
    return render_page(request, "reviews/hand_over.html", context, status=status)


def _handed_over(request: HttpRequest, held_by: int | None) -> HttpResponse:
    """Return to where the item stood: one's own queue, or the page of whom a QA manager took it from."""
    user = person(request)
    if held_by in {None, user.pk} or not reviewers_for(user, now=timezone.now()).filter(pk=held_by).exists():
        messages.success(request, _("Handed over. Your draft, if there is one, is kept."))
        return redirect("reviews:queue")
    messages.success(request, _("Handed over. A draft stays with whoever wrote it."))
    return redirect("reviews:reviewer", held_by)


def _person(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(reviewers_for(person(request), now=timezone.now()), pk=pk)


def _again(
    request: HttpRequest, who: User, form: forms.Form, refusal: Refusal, field: str, *, name: str
) -> HttpResponse:  # fmt: skip
    form.add_error(field, str(refusal.sentence))
    return _page(request, who, **{name: form}, status=refusal.status)


def _page(request: HttpRequest, who: User, *, status: int = 200, **shown: Any) -> HttpResponse:
    now: datetime = timezone.now()
    found = described([who], now=now)[0]
    items = Paginator(items_of(who, now=now), PAGE).get_page(request.GET.get("page"))
    context = {
        "reviewer": found,
        "is_own": who.pk == person(request).pk,
        "may_manage": oversees(person(request)),
        "page": items,
        "now": now,
        "absence_form": AbsenceForm(zone=ZoneInfo(who.time_zone)),
        "conflict_form": ConflictForm(agents=agents_for(person(request))),
        "goal_form": GoalForm(initial={"reviews": found.goal}),
        **shown,
    }
    return render_page(request, "reviews/reviewer.html", context, status=status)
