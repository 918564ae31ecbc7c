"""A QA manager's home: the programme in numbers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import requires
from accounts.roles import Permission
from core.http import render_page
from insights.reports import disputes
from insights.reports import programme as report
from reviews.models import CellCheck
from reviews.selectors.overturns import decided_points, totals


@require_GET
@requires(Permission.READ_INSIGHTS)
def programme(request: HttpRequest) -> HttpResponse:
    """Show where the programme stands."""
    now = timezone.now()
    loaded = report.load(now=now)
    return render_page(
        request,
        "insights/programme.html",
        {
            "report": loaded,
            "chart": report.weeks_chart(loaded.weeks),
            "sums_check": CellCheck.objects.newest(),
            "overturns": totals(decided_points(since=disputes.Params(now=now).since, until=now)),
        },
    )
