"""Send each person to the page that answers what needs them today."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.access import has_earlier_teams, may, roles_of
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
    name = home_of(request.user)
    if name:
        return redirect(name)
    return render_page(request, "insights/no_role.html", {"has_earlier_teams": has_earlier_teams(request.user)})


def home_of(user: Any) -> str:
    """Return the name of a person's first page; "" for somebody without a role."""
    roles = roles_of(user)
    # A role in one team does not include what belongs to no team; then the next page is the first.
    found = (name for role, permission, name in HOMES if role.value in roles and may(user, permission))
    return next(found, "")
