"""Teams: the list, a new one, and one of them with what is in it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import policies
from accounts.access import person
from accounts.filters import TeamFilter
from accounts.forms import TeamForm
from accounts.models import RoleGrant, Team, Workspace
from accounts.roles import Role
from accounts.services import teams
from accounts.views.guard import manages_people, tabs
from core import time_zones
from core.http import render_page
from core.refusals import Refused

PAGE = 50
FORM = "accounts/team_form.html"


@require_GET
@manages_people
def team_list(request: HttpRequest) -> HttpResponse:
    """List the teams with their supervisors."""
    counted = Team.objects.annotate(agents=Count("memberships", filter=Q(memberships__ends_at=None)))
    found = TeamFilter(request.GET, queryset=counted.order_by("archived_at", "name", "pk"), request=request)
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    leads: dict[int, list[str]] = {}
    held = RoleGrant.objects.active(timezone.now()).filter(role=Role.SUPERVISOR, user__is_active=True)
    for grant in held.filter(team__in=[team.pk for team in page.object_list]).select_related("user"):
        leads.setdefault(grant.team_id or 0, []).append(grant.user.name)
    context = {
        "tabs": tabs("teams"),
        "filter": found,
        "page": page,
        "rows": [(team, leads.get(team.pk, [])) for team in page.object_list],
    }
    return render_page(request, "accounts/teams.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@manages_people
def new_team(request: HttpRequest) -> HttpResponse:
    """Make a team."""
    if request.method != "POST":
        return _form(request, TeamForm(initial={"time_zone": Workspace.current().time_zone}))
    form = TeamForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=422)
    try:
        teams.create_team(**form.cleaned_data, by=person(request), now=timezone.now())
    except Refused as refused:
        form.add_error("name", refused.refusal.sentence)
        return _form(request, form, status=refused.refusal.status)
    messages.success(request, _("The team is made. Give somebody the role of its supervisor, and move agents into it."))
    return redirect("accounts:teams")


@require_http_methods(["GET", "HEAD", "POST"])
@manages_people
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one team, and rename it."""
    found = get_object_or_404(Team, pk=pk)
    if request.method != "POST":
        return _form(request, TeamForm(initial={"name": found.name, "time_zone": found.time_zone}), shown=found)
    form = TeamForm(request.POST)
    if not form.is_valid():
        return _form(request, form, shown=found, status=422)
    try:
        teams.edit(found, **form.cleaned_data, by=person(request), now=timezone.now())
    except Refused as refused:
        form.add_error("name", refused.refusal.sentence)
        return _form(request, form, shown=found, status=refused.refusal.status)
    messages.success(request, _("Saved."))
    return redirect("accounts:teams")


@require_POST
@manages_people
def archive_team(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an empty team out of use."""
    teams.archive(get_object_or_404(Team, pk=pk), by=person(request), now=timezone.now())
    messages.success(request, _("The team is archived. Its reviews stay."))
    return redirect("accounts:teams")


@require_POST
@manages_people
def restore_team(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a team into use again."""
    teams.restore(get_object_or_404(Team, pk=pk), by=person(request), now=timezone.now())
    messages.success(request, _("The team is in use again."))
    return redirect("accounts:teams")


def _form(request: HttpRequest, form: TeamForm, *, shown: Team | None = None, status: int = 200) -> HttpResponse:
    now = timezone.now()
    context: dict[str, Any] = {"form": form, "shown": shown, "time_zones": time_zones.names()}
    if shown is not None:
        context["grants"] = RoleGrant.objects.active(now).filter(team=shown).select_related("user", "team")
        context["why_not_archive"] = policies.why_not_archive_team(person(request), shown, now=now)
    return render_page(request, FORM, context, status=status)
