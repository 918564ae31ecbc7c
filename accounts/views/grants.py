"""Roles: give one, end one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import person
from accounts.forms import EndForm, GrantForm
from accounts.models import RoleGrant, User
from accounts.roles import ROLES
from accounts.services import grants
from accounts.views.guard import manages_people
from core.http import render_page
from core.refusals import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@manages_people
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a role."""
    found, now = get_object_or_404(User, pk=pk), timezone.now()
    if request.method != "POST":
        return _form(request, found, GrantForm(initial={"starts_on": timezone.localdate(now)}))
    form = GrantForm(request.POST)
    if not form.is_valid():
        return _form(request, found, form, status=422)
    try:
        given = grants.grant(found, **form.values(now), by=person(request), now=now)
    except Refused as refused:
        form.add_error(None, refused.refusal.sentence)
        return _form(request, found, form, status=refused.refusal.status)
    messages.success(request, _("%(name)s: %(grant)s.") % {"name": found.name, "grant": given})
    return redirect("accounts:person", pk=found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@manages_people
def end_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """End a role now or on a day to come."""
    found, now = get_object_or_404(RoleGrant.objects.select_related("user", "team"), pk=pk), timezone.now()
    context = {"grant": found, "form": EndForm()}
    if request.method != "POST":
        return render_page(request, "accounts/end_grant.html", context)
    form = EndForm(request.POST)
    if not form.is_valid():
        return render_page(request, "accounts/end_grant.html", {**context, "form": form}, status=422)
    try:
        grants.end(found, at=form.moment(now), by=person(request), now=now)
    except Refused as refused:
        form.add_error(None, refused.refusal.sentence)
        status = refused.refusal.status
        return render_page(request, "accounts/end_grant.html", {**context, "form": form}, status=status)
    messages.success(request, _("The end of this role is noted."))
    return redirect("accounts:person", pk=found.user_id)


def _form(request: HttpRequest, found: User, form: GrantForm, *, status: int = 200) -> HttpResponse:
    context = {"shown": found, "form": form, "roles": ROLES.values()}
    return render_page(request, "accounts/grant.html", context, status=status)
