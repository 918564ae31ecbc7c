"""What an agent sees and does: own feedback, unread first; read, acknowledge, answer."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person, requires
from accounts.roles import Permission
from core.http import render_page
from reviews.forms import text
from reviews.models import Review
from reviews.policies import why_not_acknowledge
from reviews.selectors.changes import history
from reviews.selectors.disputes import standing
from reviews.selectors.feedback import feedback_list as own_feedback
from reviews.selectors.feedback import own_review, reading
from reviews.services import feedback as services
from reviews.visibility import Viewer

PAGE = 20


@require_GET
@requires(Permission.READ_OWN_FEEDBACK)
def feedback_list(request: HttpRequest) -> HttpResponse:
    """List own feedback, what is not acknowledged first."""
    user = person(request)
    rows = own_feedback(user)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "unread": Review.objects.feedback_for(user).unread().count(),
        "open": Review.objects.feedback_for(user).filter(acknowledged_at=None).count(),
        "agent": getattr(user, "agent", None),
    }
    return render_page(request, "reviews/feedback_list.html", context)


@require_GET
@requires(Permission.READ_OWN_FEEDBACK)
def feedback(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one review to the agent it is about."""
    review, user = _own(request, pk), person(request)
    context = {
        "read": reading(review, viewer=Viewer.AGENT),
        "review": review,
        "may_acknowledge": why_not_acknowledge(user, review) is None,
        "is_agent": True,
        "standing": standing(review, user, now=timezone.now()),
        "changes": history(review),
    }
    return render_page(request, "reviews/review.html", context)


@require_POST
@requires(Permission.READ_OWN_FEEDBACK)
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the page was opened; the page asks for this itself, because a GET never writes."""
    services.read(_own(request, pk), by=person(request), now=timezone.now())
    return HttpResponse(status=204)


@require_POST
@requires(Permission.READ_OWN_FEEDBACK)
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Acknowledge feedback, with an optional answer to the reviewer."""
    reply = text(request.POST, "reply", longest=5000)
    services.acknowledge(_own(request, pk), by=person(request), now=timezone.now(), reply=reply)
    messages.success(request, _("Acknowledged. Thank you for reading it."))
    return redirect("reviews:feedback", pk)


def _own(request: HttpRequest, pk: int) -> Review:
    review = own_review(pk, user=person(request))
    if review is None:
        raise Http404
    return review
