"""Move a draft to the version in use: first what would carry over, then the move."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person, requires
from accounts.roles import Permission
from core.http import refusal_response, render_page
from reviews import drafts
from reviews.forms import whole
from reviews.services import moving
from reviews.views.scoring import bad, hides, own


@require_GET
@requires(Permission.SCORE)
def preview_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Show which answers carry over to the version in use, and which do not."""
    review = own(request, pk)
    found = moving.preview(review, by=person(request))
    context = {
        "review": review,
        "found": found,
        "hide_score": hides(review, "hide_score"),
        "rail_at": reverse("reviews:queue"),
    }
    return render_page(request, "reviews/move.html", context)


@require_POST
@requires(Permission.SCORE)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move the draft, from the state and to the version that were previewed."""
    review = own(request, pk)
    try:
        number, to = whole(request.POST, "number"), whole(request.POST, "to")
    except drafts.BadDraft as error:
        return refusal_response(request, bad(error))
    moved = moving.move(review, number=number, to=to, by=person(request), now=timezone.now())
    words = _("Your review is on version %(number)s now.") % {"number": moved.rubric_version.number}
    messages.success(request, words)
    return redirect("reviews:review", pk)
