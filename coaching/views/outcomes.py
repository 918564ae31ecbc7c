"""How an outcome was worked out: the formula with its numbers, and the sums behind it."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import person, requires
from accounts.roles import Permission
from coaching.exports import outcome_csv
from coaching.models import Outcome
from coaching.outcome_words import left_out
from coaching.selectors.outcome_page import worked_out
from coaching.selectors.rests import rests_of
from core.http import render_page


@require_GET
@requires(Permission.COACH)
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Show step by step how the newest outcome of a plan was worked out."""
    found = _get(request, pk)
    rests = rests_of(found, now=timezone.now())
    beyond = left_out(sum(side.left_out for side in rests))
    context = {"outcome": found, "worked": worked_out(found), "rests": rests, "left_out": beyond}
    return render_page(request, "coaching/outcome.html", context)


@require_GET
@requires(Permission.COACH)
def data(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the sums of everybody compared, without names."""
    found = _get(request, pk)
    response = StreamingHttpResponse(
        outcome_csv(found),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="outcome-{pk}.csv"'},
    )
    return cast("HttpResponse", response)  # Django's stubs give the two no common name that decorators know


def _get(request: HttpRequest, pk: int) -> Outcome:
    rows = Outcome.objects.coached_by(person(request)).filter(plan=pk).select_related("plan__agent", "plan__skill")
    found = rows.order_by("-last_week", "-pk").first()
    if found is None:
        raise Http404
    return found
