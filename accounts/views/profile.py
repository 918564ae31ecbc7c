"""One's own account: name, time zone and appearance, and where one is signed in."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import grants_of, person, signed_in
from accounts.account_forms import ProfileForm
from accounts.clients import describe
from accounts.models import Agent
from accounts.selectors import sessions_of
from accounts.services import people, sessions
from core import time_zones
from core.http import render_page
from core.refusals import Refused
from core.themes import THEME_COOKIE

PROFILE = "accounts/profile.html"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """Show one's own profile, and change it."""
    user = person(request)
    if request.method != "POST":
        return _form(request, ProfileForm(initial={name: getattr(user, name) for name in ProfileForm.base_fields}))
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=422)
    sent, now = dict(form.cleaned_data), timezone.now()
    theme = sent.pop("theme")
    try:
        people.edit(user, **sent, by=user, now=now)
    except Refused as refused:
        form.add_error(None, refused.refusal.sentence)
        return _form(request, form, status=refused.refusal.status)
    people.choose_theme(user, theme, by=user, now=now)
    messages.success(request, _("Saved."))
    response = redirect("accounts:profile")
    # What was chosen on this device before would otherwise win over what was chosen just now.
    response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


@require_GET
@signed_in
def session_list(request: HttpRequest) -> HttpResponse:
    """List where one is signed in."""
    found = sessions_of(person(request), now=timezone.now())
    rows = [(one, describe(one.user_agent), one.is_current()) for one in found]
    return render_page(request, "accounts/sessions.html", {"rows": rows})


@require_POST
@signed_in
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out somewhere else."""
    found = get_object_or_404(UserSession.objects.filter(user=person(request)), pk=pk)
    sessions.end(found, by=person(request), now=timezone.now())
    messages.success(request, _("That session is over."))
    return redirect("accounts:sessions")


@require_POST
@signed_in
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else, with a new key for the session that stays."""
    user = person(request)
    sessions.end_all(user, by=user, now=timezone.now())
    request.session.cycle_key()
    update_session_auth_hash(request, user)
    UserSession.objects.create_from_request(request)
    messages.success(request, _("You are signed in here alone."))
    return redirect("accounts:sessions")


def _form(request: HttpRequest, form: ProfileForm, *, status: int = 200) -> HttpResponse:
    user = person(request)
    context: dict[str, Any] = {
        "form": form,
        "grants": grants_of(user),
        "agent": Agent.objects.filter(user=user).first(),
        "time_zones": time_zones.names(),
    }
    return render_page(request, PROFILE, context, status=status)
