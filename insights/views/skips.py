"""How often reviewers skip, and why."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import requires
from accounts.roles import Permission
from core.http import render_page
from insights.reports import skips as report


@require_GET
@requires(Permission.READ_INSIGHTS)
def skips(request: HttpRequest) -> HttpResponse:
    """Show the shares of the last twelve weeks, by reviewer and by reason."""
    return render_page(request, "insights/skips.html", {"report": report.load(now=timezone.now())})
