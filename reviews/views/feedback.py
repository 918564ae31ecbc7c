"""What an agent sees and does: own feedback, unread first; read, acknowledge, answer."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person, requires
from accounts.roles import Permission
from core.http import render_page
from reviews.filters import FeedbackFilter
from reviews.forms import text
from reviews.models import Review
from reviews.policies import why_not_acknowledge
from reviews.selectors.changes import history
from reviews.selectors.disputes import standing
from reviews.selectors.feedback import feedback_list as own_feedback
from reviews.selectors.feedback import own_review, reading
from reviews.selectors.self_reviews import asked_of, self_look
from reviews.selectors.thread import thread_of
from reviews.services import asking
from reviews.services import feedback as services
from reviews.visibility import Viewer

PAGE = 20


@require_GET
@requires(Permission.READ_OWN_FEEDBACK)
def feedback_list(request: HttpRequest) -> HttpResponse:
    """List own feedback, unread first."""
    user = person(request)
    filtered = FeedbackFilter(request.GET, queryset=own_feedback(user), request=request)
    context = {
        "filter": filtered,
        "page": Paginator(filtered.qs, PAGE).get_page(request.GET.get("page")),
        "unread": Review.objects.feedback_for(user).unread().count(),
        "open": Review.objects.feedback_for(user).filter(acknowledged_at=None).count(),
        "agent": getattr(user, "agent", None),
        "self_reviews": list(asked_of(user)),
    }
    return render_page(request, "reviews/feedback_list.html", context)


@require_GET
@requires(Permission.READ_OWN_FEEDBACK)
def feedback(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one review to the agent it is about."""
    review, user = _own(request, pk), person(request)
    read = reading(review, viewer=Viewer.AGENT)
    context = {
        "read": read,
        "self_look": self_look(review, read.explained.lines, is_agent=True),
        "review": review,
        "may_acknowledge": why_not_acknowledge(user, review) is None,
        "is_agent": True,
        "standing": standing(review, user, now=timezone.now()),
        "changes": history(review),
        "thread": thread_of(review, user, shows_reviewer=read.seen.author_name),
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


@require_POST
@requires(Permission.READ_OWN_FEEDBACK)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the reviewer something about one's own feedback."""
    words = text(request.POST, "text", longest=asking.LONGEST + 1)
    asking.ask(_own(request, pk), text=words, by=person(request), now=timezone.now())
    messages.success(request, _("Asked. You are told when somebody answers."))
    return redirect("reviews:feedback", pk)


@require_POST
@requires(Permission.READ_REVIEWS)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer what an agent asked about a review."""
    user = person(request)
    rows = Review.objects.visible_to(user).select_related("agent", "author")
    words = text(request.POST, "text", longest=asking.LONGEST + 1)
    asking.answer(get_object_or_404(rows, pk=pk), text=words, by=user, now=timezone.now())
    messages.success(request, _("Answered. The agent is told."))
    return redirect("reviews:review", pk)


def _own(request: HttpRequest, pk: int) -> Review:
    review = own_review(pk, user=person(request))
    if review is None:
        raise Http404
    return review
