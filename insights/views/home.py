"""Send each person to the page that answers what needs them today."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.access import roles_of
from accounts.roles import Role
from core.http import render_page

# The first role that a person holds decides; a lead who also scores looks after the team first.
HOMES = (
    (Role.SUPERVISOR, "insights:team"),
    (Role.MANAGER, "insights:programme"),
    (Role.SPECIALIST, "reviews:queue"),
    (Role.AGENT, "reviews:feedback_list"),
    (Role.ADMIN, "accounts:people"),
)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Go to the home of the person's role; somebody without a role is told whom to ask."""
    roles = roles_of(request.user)
    for role, name in HOMES:
        if role.value in roles:
            return redirect(name)
    return render_page(request, "insights/no_role.html")
