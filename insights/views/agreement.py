"""How far reviewers agree."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import requires
from accounts.roles import Permission
from core.http import render_page
from insights.reports import agreement as report


@require_GET
@requires(Permission.READ_INSIGHTS)
def agreement(request: HttpRequest) -> HttpResponse:
    """Show agreement by criterion, from conversations that two people judged blind."""
    return render_page(request, "insights/agreement.html", {"report": report.load(now=timezone.now())})
