"""How often disputed answers are changed, for those who look after the programme."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import requires
from accounts.roles import Permission
from core.http import render_page
from insights.reports import disputes as report

WEEKS = (4, 12, 26, 52)


@require_GET
@requires(Permission.READ_INSIGHTS)
def disputes(request: HttpRequest) -> HttpResponse:
    """Show what was disputed and overturned in the last weeks, by criterion and by reviewer."""
    asked = request.GET.get("weeks", "")
    weeks = int(asked) if asked in {str(one) for one in WEEKS} else report.WEEKS
    context = {"report": report.load(report.Params(now=timezone.now(), weeks=weeks)), "weeks": weeks, "choices": WEEKS}
    return render_page(request, "insights/disputes.html", context)
