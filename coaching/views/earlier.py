"""Teams that somebody coached before: what was completed in that time, as it stood when that ended."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.access import ended_as_supervisor, person, signed_in
from accounts.models import RoleGrant
from coaching.earlier_filters import EarlierFilter, grant_in
from coaching.selectors import earlier
from coaching.selectors.board import Tab
from core.http import render_page
from reviews.selectors import earlier as reviews

PAGE = 25
TABS = {
    "reviews": _("Reviews"),
    "plans": _("Plans that ended"),
    "sessions": _("1:1 sessions held"),
    "remarks": _("What was said"),
}
ROWS: dict[str, Any] = {
    "reviews": reviews.completed,
    "plans": earlier.plans,
    "sessions": earlier.sessions,
    "remarks": earlier.remarks,
}
READY: dict[str, Any] = {
    "reviews": reviews.as_of,
    "plans": lambda rows, grant: earlier.with_endings(rows),
    "sessions": earlier.withhold,
    "remarks": lambda rows, grant: earlier.with_words(rows),
}


@require_GET
@signed_in
def teams(request: HttpRequest) -> HttpResponse:
    """List a person's ended times as a supervisor."""
    grants = ended_as_supervisor(person(request))
    rows = [(grant, [(label, ROWS[name](grant).count()) for name, label in TABS.items()]) for grant in grants]
    return render_page(request, "coaching/earlier_teams.html", {"rows": rows})


@require_GET
@signed_in
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was completed within one ended grant."""
    grant, show = _grant(request), request.GET.get("show", "")
    show = show if show in TABS else "reviews"
    found = {name: EarlierFilter(request.GET, queryset=rows(grant), request=request) for name, rows in ROWS.items()}
    page = Paginator(found[show].qs, PAGE).get_page(request.GET.get("page"))
    page.object_list = READY[show](page.object_list, grant)
    agent = f"&agent={request.GET['agent']}" if request.GET.get("agent", "").isdecimal() else ""
    tabs = [
        Tab(f"?show={name}{agent}", str(label), found[name].qs.count(), current=name == show)
        for name, label in TABS.items()
    ]
    context = {"grant": grant, "show": show, "tabs": tabs, "filter": found[show], "page": page}
    return render_page(request, "coaching/earlier_team.html", context)


@require_GET
@signed_in
def review(request: HttpRequest, pk: int, review: int) -> HttpResponse:
    """Show one review as it stood when the grant ended."""
    grant = _grant(request)
    found = get_object_or_404(reviews.completed(grant), pk=review)
    return render_page(
        request, "coaching/earlier_review.html", {"grant": grant, "review": found, "shown": reviews.page(found, grant)}
    )


@require_GET
@signed_in
def plan(request: HttpRequest, pk: int, plan: int) -> HttpResponse:
    """Show one plan that ended within the grant."""
    grant = _grant(request)
    found = get_object_or_404(earlier.plans(grant), pk=plan)
    known = set(reviews.completed(grant).filter(evidence__plan=found.pk).values_list("pk", flat=True))
    context = {"grant": grant, "plan": found, "shown": earlier.plan_page(found, grant), "known": known}
    return render_page(request, "coaching/earlier_plan.html", context)


def _grant(request: HttpRequest) -> RoleGrant:
    grant = grant_in(request)
    if grant is None:
        raise Http404
    return grant
