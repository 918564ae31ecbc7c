"""The coaching report: what became of the plans, and how right the rules were."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import person, requires
from accounts.roles import Permission
from coaching import programme_words
from core.http import render_page
from insights.reports import coaching as report
from insights.reports import coaching_rows

USUAL = 26


@require_GET
@requires(Permission.COACH)
def coaching(request: HttpRequest) -> HttpResponse:
    """Show the report for the plans within reach; each number opens the plans behind it."""
    params = params_of(request)
    found = report.load(params)
    programmes = [(one, programme_words.outcome(one)) for one in found.programmes]
    context = {"report": found, "programmes": programmes, "periods": report.PERIODS, "few": report.FEW}
    return render_page(request, "insights/coaching.html", context)


@require_GET
@requires(Permission.COACH)
def coaching_csv(request: HttpRequest) -> HttpResponse:
    """Hand out the plans behind the report, one a line."""
    params = params_of(request)
    since = params.now - timedelta(weeks=params.weeks)
    response = StreamingHttpResponse(
        coaching_rows.csv(coaching_rows.read(params.user, since=since, now=params.now), now=params.now),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="coaching.csv"'},
    )
    return cast("HttpResponse", response)  # Django's stubs give the two no common name that decorators know


def params_of(request: HttpRequest) -> report.Params:
    """Return what was asked for; half a year where nothing was, or nothing that is offered."""
    sent = request.GET.get("weeks", "")
    weeks = int(sent) if sent in {str(period) for period in report.PERIODS} else USUAL
    return report.Params(user=person(request), now=timezone.now(), weeks=weeks)
