"""Whether the sums behind the averages are what the published reviews add up to."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from accounts.access import person, requires
from accounts.roles import Permission
from core.http import render_page
from reviews.models import CellCheck

PAGE = 25


@require_GET
@requires(Permission.READ_INSIGHTS, Permission.MANAGE_SETTINGS)
def sums(request: HttpRequest) -> HttpResponse:
    """Show the weekly comparisons, newest first, with the first differences of each."""
    checks = CellCheck.objects.visible_to(person(request))
    page = Paginator(checks.order_by("-checked_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    return render_page(request, "insights/sums.html", {"page": page, "newest": checks.newest()})
