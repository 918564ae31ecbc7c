"""Send each person to the page that answers what needs them today."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.access import may, roles_of
from accounts.roles import Permission, Role
from core.http import render_page

# The first role that a person holds decides; a lead who also scores looks after the team first.
HOMES = (
    (Role.SUPERVISOR, Permission.SEE_TEAM, "insights:team"),
    (Role.MANAGER, Permission.READ_INSIGHTS, "insights:programme"),
    (Role.MANAGER, Permission.SEE_TEAM, "insights:team"),
    (Role.SPECIALIST, Permission.SCORE, "reviews:queue"),
    (Role.AGENT, Permission.READ_OWN_FEEDBACK, "reviews:feedback_list"),
    (Role.ADMIN, Permission.MANAGE_PEOPLE, "accounts:people"),
)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Go to the home of the person's role; somebody without a role is told whom to ask."""
    roles = roles_of(request.user)
    for role, permission, name in HOMES:
        # A role in one team does not include what belongs to no team; then the next page is the first.
        if role.value in roles and may(request.user, permission):
            return redirect(name)
    return render_page(request, "insights/no_role.html")
