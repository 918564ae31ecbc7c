"""Averages by team, agent, criterion, skill or section, as a page and as a file."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.access import person, requires
from accounts.models import Agent
from accounts.roles import Permission
from core.http import render_page
from insights import exports
from insights.reports import numbers as report
from insights.scope import Scope, scope_of

PAGE = 50
RUNNING = "drawn"
KINDS = (
    ("team", _("Team")), ("agent", _("Agent")), ("skill", _("Skill")), ("criterion", _("Criterion")),
    ("section", _("Section")),
)  # fmt: skip


@require_GET
@requires(Permission.SEE_TEAM)
def numbers(request: HttpRequest) -> HttpResponse:
    """Show the averages of one kind of thing."""
    params, scope, agent = asked(request)
    found = report.load(params)
    wanted = {"agent": agent.pk if agent else "", "team": scope.chosen.slug if scope.chosen and not agent else ""}
    kept = {name: value for name, value in wanted.items() if value}
    context: dict[str, Any] = {
        "page": Paginator(found.lines, PAGE).get_page(request.GET.get("page")),
        "kind": params.kind,
        "kinds": [choice for choice in KINDS if not (agent and choice[0] in {"team"})],
        "label": dict(KINDS)[params.kind],
        "teams": scope.teams,
        "chosen": scope.chosen,
        "agent": agent,
        "rest": f"&{urlencode(kept)}" if kept else "",
        "query": urlencode({"by": params.kind, **kept, **({"period": RUNNING} if params.running else {})}),
        "other": urlencode({"by": params.kind, **kept, **({} if params.running else {"period": RUNNING})}),
        "report": found,
        "running": params.running,
    }
    return render_page(request, "insights/numbers.html", context)


@require_GET
@requires(Permission.SEE_TEAM)
def numbers_csv(request: HttpRequest) -> HttpResponse:
    """Download the same, with everything each number carries."""
    params, _scope, _agent = asked(request)
    return HttpResponse(
        b"".join(exports.numbers_csv(report.load(params))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="averages-by-{params.kind}.csv"'},
    )


def asked(request: HttpRequest) -> tuple[report.Params, Scope, Agent | None]:
    """Read what was asked for within the person's reach; what cannot be read is taken as not said."""
    user = person(request)
    scope = scope_of(user, team=request.GET.get("team", ""))
    kind = request.GET.get("by", "")
    agent = None
    if sent := request.GET.get("agent", ""):
        rows = Agent.objects.visible_to(user).exclude(user=user)
        agent = get_object_or_404(rows, pk=int(sent) if sent.isdecimal() and len(sent) <= 18 else 0)
    kind = kind if kind in report.KINDS and not (agent and kind == "team") else ("skill" if agent else "team")
    # Who may open an agent's page sees their whole record there, whatever team it was in.
    teams = None if agent else scope.team_ids
    running = request.GET.get("period", "") == RUNNING
    return report.Params(kind, teams, timezone.now(), agent.pk if agent else None, running=running), scope, agent
