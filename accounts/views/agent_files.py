"""The table of agents as a file: take it out, put it back in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts import agent_rows
from accounts.access import person
from accounts.filters import AgentFilter
from accounts.forms import FileForm
from accounts.models import Agent
from accounts.selectors import agents_csv
from accounts.services import agent_files
from accounts.views.guard import manages_people
from core.http import render_page
from core.refusals import Refused

SHOWN = 200
PAGE = "accounts/agent_file.html"


@require_GET
@manages_people
def export_agents(request: HttpRequest) -> HttpResponseBase:
    """Download the agents that the filters leave."""
    return agents_csv(AgentFilter(request.GET, queryset=Agent.objects.all(), request=request).qs)


@require_http_methods(["GET", "HEAD", "POST"])
@manages_people
def load_agents(request: HttpRequest) -> HttpResponse:
    """Take a table in, and say what became of each row."""
    context = {"form": FileForm(), "columns": agent_rows.COLUMNS}
    if request.method != "POST":
        return render_page(request, PAGE, context)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return render_page(request, PAGE, {**context, "form": form}, status=422)
    file = form.cleaned_data["file"]
    try:
        table = agent_rows.read(file.read(agent_rows.LARGEST + 1))
        outcome = agent_files.load(
            table, is_check=form.cleaned_data["is_check"], by=person(request), now=timezone.now()
        )
    except Refused as refused:
        form.add_error("file", refused.refusal.sentence)
        return render_page(request, PAGE, {**context, "form": form}, status=refused.refusal.status)
    shown = {"outcome": outcome, "name": file.name, "rejected": outcome.rejected[:SHOWN]}
    counts = {result: outcome.count(result) for result in ("created", "updated", "unchanged", "rejected")}
    return render_page(request, PAGE, {**context, **shown, "counts": counts})
