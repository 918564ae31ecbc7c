"""An admin's home: who is here and what they may do."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import requires
from accounts.models import Agent, RoleGrant, Team, User
from accounts.roles import ROLES, Permission
from core.http import render_page

PAGE = 50


@require_GET
@requires(Permission.MANAGE_PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    """List the people with their grants, and what each role may do."""
    users = User.objects.order_by("name", "pk")
    page = Paginator(users, PAGE).get_page(request.GET.get("page"))
    held: dict[int, list[RoleGrant]] = {}
    grants = RoleGrant.objects.active(timezone.now()).filter(user__in=[user.pk for user in page.object_list])
    for grant in grants.select_related("team"):
        held.setdefault(grant.user_id, []).append(grant)
    context = {
        "page": page,
        "rows": [(user, held.get(user.pk, [])) for user in page.object_list],
        "roles": ROLES.values(),
        "teams": Team.objects.count(),
        "agents": Agent.objects.people().count(),
        "without_login": Agent.objects.people().filter(user=None).count(),
    }
    return render_page(request, "accounts/people.html", context)
