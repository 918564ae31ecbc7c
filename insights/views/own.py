"""An agent's own level by skill, as a part that the page of own feedback asks for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import person, requires
from accounts.models import Agent
from accounts.roles import Permission
from core.http import render_page
from insights.reports import own


@require_GET
@requires(Permission.READ_OWN_FEEDBACK)
def own_skills(request: HttpRequest) -> HttpResponse:
    """Show one's own skills over the weeks; nothing for a log-in that belongs to no agent."""
    agent = Agent.objects.filter(user=person(request)).first()
    report = own.load(agent, now=timezone.now()) if agent else None
    return render_page(request, "insights/_own_skills.html", {"report": report})
