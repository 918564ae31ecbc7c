"""Log-ins: who is here, one of them, and what an admin may do about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import policies
from accounts.access import person
from accounts.filters import PersonFilter
from accounts.forms import PersonForm
from accounts.links import mail_link
from accounts.models import Agent, ApiToken, RoleGrant, User, Workspace
from accounts.roles import ROLES
from accounts.services import people
from accounts.views.guard import manages_people, tabs
from core import time_zones
from core.http import render_page
from core.refusals import Refused, refuse

PAGE = 50
FORM = "accounts/person_form.html"


@require_GET
@manages_people
def people_list(request: HttpRequest) -> HttpResponse:
    """List the log-ins with their roles of today."""
    found = PersonFilter(request.GET, queryset=User.objects.order_by("name", "pk"), request=request)
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    held: dict[int, list[RoleGrant]] = {}
    grants = RoleGrant.objects.active(timezone.now()).filter(user__in=[user.pk for user in page.object_list])
    for grant in grants.select_related("team"):
        held.setdefault(grant.user_id, []).append(grant)
    context = {
        "tabs": tabs("people"),
        "filter": found,
        "page": page,
        "rows": [(user, held.get(user.pk, [])) for user in page.object_list],
        "agents": Agent.objects.people().filter(deactivated_at=None).count(),
        "without_login": Agent.objects.people().filter(deactivated_at=None, user=None).count(),
    }
    return render_page(request, "accounts/people.html", context)


@require_GET
@manages_people
def roles(request: HttpRequest) -> HttpResponse:
    """Say what each role may do."""
    return render_page(request, "accounts/roles.html", {"tabs": tabs("roles"), "roles": ROLES.values()})


@require_GET
@manages_people
def person_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one log-in: roles past, present and to come, the agent it belongs to, and how it is used."""
    found, now = get_object_or_404(User, pk=pk), timezone.now()
    grants = list(RoleGrant.objects.filter(user=found).select_related("team").order_by("-starts_at", "-pk"))
    factors = Authenticator.objects.filter(user=found).exclude(type=Authenticator.Type.RECOVERY_CODES)
    context = {
        "shown": found,
        "grants": [(grant, _state(grant, now)) for grant in grants],
        "agent": Agent.objects.filter(user=found).first(),
        "tokens": ApiToken.objects.usable(now).filter(user=found).count(),
        "factors": factors.count(),
        "why_not_deactivate": policies.why_not_deactivate(person(request), found, now=now),
    }
    return render_page(request, "accounts/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@manages_people
def new_person(request: HttpRequest) -> HttpResponse:
    """Make a log-in and mail its owner the link to set a password."""
    if request.method != "POST":
        return _form(request, PersonForm(initial={"time_zone": Workspace.current().time_zone}))
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=422)
    try:
        made = people.create_user(**form.cleaned_data, by=person(request), now=timezone.now())
    except Refused as refused:
        form.add_error("email", refused.refusal.sentence)
        return _form(request, form, status=refused.refusal.status)
    _send(request, made, now=timezone.now())
    return redirect("accounts:grant", pk=made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@manages_people
def edit_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Change name, address or time zone."""
    found = get_object_or_404(User, pk=pk)
    if request.method != "POST":
        values = {name: getattr(found, name) for name in ("name", "email", "time_zone")}
        return _form(request, PersonForm(initial=values), shown=found)
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _form(request, form, shown=found, status=422)
    try:
        number = numbered(request)
        people.edit(found, **form.cleaned_data, number=number, by=person(request), now=timezone.now())
    except Refused as refused:
        form.add_error("email" if refused.refusal.code == "address_taken" else None, refused.refusal.sentence)
        return _form(request, form, shown=found, status=refused.refusal.status)
    messages.success(request, _("Saved."))
    return redirect("accounts:person", pk=found.pk)


@require_POST
@manages_people
def send_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail the link to set a password once more."""
    found = get_object_or_404(User, pk=pk)
    refuse(policies.why_not_send_link(person(request), found))
    _send(request, found, now=timezone.now())
    return redirect("accounts:person", pk=found.pk)


@require_POST
@manages_people
def deactivate_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a log-in."""
    found = get_object_or_404(User, pk=pk)
    people.deactivate(found, by=person(request), now=timezone.now())
    words = _("%(name)s is signed out everywhere, and the tokens are revoked. What they held returns within a minute.")
    messages.success(request, words % {"name": found.name})
    return redirect("accounts:person", pk=found.pk)


@require_POST
@manages_people
def reactivate_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a log-in again."""
    found = get_object_or_404(User, pk=pk)
    people.reactivate(found, by=person(request), now=timezone.now())
    messages.success(request, _("%(name)s can sign in again, with the roles shown here.") % {"name": found.name})
    return redirect("accounts:person", pk=found.pk)


def numbered(request: HttpRequest) -> int | None:
    """Return the number of the edit that a form was made from."""
    text = request.POST.get("number", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _send(request: HttpRequest, user: User, *, now: datetime) -> None:
    if mail_link(user, request):
        people.note_link_sent(user, by=person(request), now=now)
        messages.success(request, _("A link to set a password is on its way to %(email)s.") % {"email": user.email})
        return
    words = _("The mail server did not take the link for %(email)s. Send it again from this person's page.")
    messages.error(request, words % {"email": user.email})


def _state(grant: RoleGrant, now: datetime) -> str:
    if grant.ends_at is not None and grant.ends_at <= now:
        return "ended"
    return "ahead" if grant.starts_at > now else "now"


def _form(request: HttpRequest, form: forms.Form, *, shown: User | None = None, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "shown": shown, "time_zones": time_zones.names()}
    return render_page(request, FORM, context, status=status)
