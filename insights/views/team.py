"""A supervisor's home, and the page of one agent."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import may, person, requires
from accounts.models import Agent
from accounts.roles import Permission
from core.http import render_page
from insights import needs
from insights.reports import agent as agent_report
from insights.reports import team as team_report
from insights.scope import scope_of


@require_GET
@requires(Permission.SEE_TEAM)
def team(request: HttpRequest) -> HttpResponse:
    """Show what needs the supervisor, then the people."""
    user, now = person(request), timezone.now()
    scope = scope_of(user, team=request.GET.get("team", ""))
    context = {
        "teams": scope.teams,
        "chosen": scope.chosen,
        "needs": needs.of_supervisor(user, now=now),
        "report": team_report.load(team_report.Params(team_ids=scope.team_ids, now=now)),
    }
    return render_page(request, "insights/team.html", context)


@require_GET
@requires(Permission.SEE_AGENTS)
def agent(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one agent: level by skill, reviews and plans."""
    user = person(request)
    found = get_object_or_404(Agent.objects.visible_to(user).exclude(user=user), pk=pk)
    context = {
        "agent": found,
        "report": agent_report.load(agent_report.Params(agent=found, user=user, now=timezone.now())),
        "may_coach": may(user, Permission.COACH),
    }
    return render_page(request, "insights/agent.html", context)
