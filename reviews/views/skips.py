"""Skips as not eligible that wait for a second pair of eyes."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person, requires
from accounts.roles import Permission
from core.http import render_page
from reviews.forms import text
from reviews.models import QueueItem
from reviews.selectors.skipped import readable
from reviews.services import skip_checks
from reviews.skips import REASONS

PAGE = 10  # each with all that was said


@require_GET
@requires(Permission.SCORE)
def skip_list(request: HttpRequest) -> HttpResponse:
    """List what somebody else skipped as not eligible, the oldest first."""
    rows = QueueItem.objects.skips_to_check(person(request))
    rows = rows.select_related("conversation", "transcript", "agent", "team", "plan")
    page = Paginator(rows.order_by("ended_at", "pk"), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "skips": readable(page.object_list), "reasons": REASONS}
    return render_page(request, "reviews/skips.html", context)


@require_POST
@requires(Permission.SCORE)
def confirm_skip(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree that a conversation is not eligible."""
    skip_checks.confirm(_item(request, pk), by=person(request), now=timezone.now(), note=_note(request))
    messages.success(request, _("Confirmed. It leaves the frame; the next one was released already."))
    return redirect("reviews:skips")


@require_POST
@requires(Permission.SCORE)
def overrule_skip(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a conversation back into the sample."""
    skip_checks.overrule(_item(request, pk), by=person(request), now=timezone.now(), note=_note(request))
    messages.success(request, _("Overruled. It waits to be reviewed; what was released in its place stays in, too."))
    return redirect("reviews:skips")


def _item(request: HttpRequest, pk: int) -> QueueItem:
    # Also those that were looked at a moment ago, so that the second of two people is told why.
    rows = QueueItem.objects.skipped_within_reach(person(request)).select_related("pick__agent", "pick__draw")
    return get_object_or_404(rows, pk=pk)


def _note(request: HttpRequest) -> str:
    return text(request.POST, "note", longest=2000)
