"""Reviews as people read them: the list, one review explained, publishing."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import may, person, requires
from accounts.models import User
from accounts.roles import Permission
from core.http import render_page
from reviews.filters import ReviewFilter
from reviews.models import QueueItem, Review
from reviews.policies import why_not_publish
from reviews.selectors import workspace as board
from reviews.selectors.beside import beside
from reviews.selectors.changes import history
from reviews.selectors.disputes import standing
from reviews.selectors.feedback import WHOLE, reading, viewer_of
from reviews.selectors.publishing import release_of
from reviews.selectors.self_reviews import self_look
from reviews.selectors.thread import thread_of
from reviews.selectors.workspace import own
from reviews.services import publishing
from reviews.views.scoring import workspace

PAGE = 25


@require_GET
@requires(Permission.READ_REVIEWS)
def review_list(request: HttpRequest) -> HttpResponse:
    """List the reviews within reach, newest first."""
    user = person(request)
    rows = Review.objects.visible_to(user).not_blind_to(user).exclude(status=Review.Status.DRAFT)
    filtered = ReviewFilter(request.GET, queryset=rows, request=request)
    found = filtered.qs.select_related("conversation", "agent", "team", "author", "current", "rubric_version__rubric")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    waiting = rows.waiting().filter(author=user.pk, held_for_meeting=False, self_review_until=None).count()
    context = {
        "filter": filtered,
        "page": page,
        "waiting": waiting,
        "may_score": may(user, Permission.SCORE),
        "export": _export_query(request, without=filtered.ignored),
        # Ticked and published together: one's own, or anybody's for a QA manager.
        "publishable": {one.pk for one in page.object_list if why_not_publish(user, one) is None},
    }
    return render_page(request, "reviews/list.html", context)


@require_GET
@requires(Permission.READ_REVIEWS)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one's own draft as the workspace, anything else explained."""
    user = person(request)
    mine = own(pk, by=user)
    if mine is not None and (mine.status == Review.Status.DRAFT or mine.is_reopened):
        return workspace(request, mine)
    found = get_object_or_404(Review.objects.visible_to(user).select_related(*WHOLE), pk=pk)
    is_sealed = Review.objects.sealed_from(user).filter(pk=found.pk).exists()
    read = reading(
        found,
        viewer=viewer_of(found, user, oversees=may(user, Permission.SEE_TEAM)),
        owes_own_review=_owes(found, user) or is_sealed,
    )
    if not read.seen.exists:
        raise Http404
    context = {
        "read": read,
        "is_sealed": is_sealed,
        "review": found,
        "release": release_of(found, user, now=timezone.now()),
        "is_agent": False,
        "standing": standing(found, user, now=timezone.now()),
        "changes": history(found),
        "beside": beside(found, user),
        "thread": thread_of(found, user, shows_reviewer=True) if read.seen.answers else None,
        "self_look": self_look(found, read.explained.lines, is_agent=False) if read.seen.answers else None,
    }
    return render_page(request, "reviews/review.html", context)


@require_GET
@requires(Permission.READ_REVIEWS)
def transcript_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how the newest transcript differs from the one that is judged."""
    found = get_object_or_404(Review.objects.visible_to(person(request)).select_related(*WHOLE), pk=pk)
    context = {"review": found, "changes": board.changes(found), "newer": board.newer_transcript(found)}
    return render_page(request, "reviews/transcript_changes.html", context)


@require_POST
@requires(Permission.SCORE)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a submitted review to its agent now."""
    user = person(request)
    found = get_object_or_404(Review.objects.visible_to(user).select_related("agent", "item__plan"), pk=pk)
    publishing.publish(found, by=user, now=timezone.now())
    if found.status == Review.Status.PUBLISHED:
        messages.success(request, _("Published. %(name)s can read it now.") % {"name": found.agent.name})
    else:
        messages.success(request, _("It goes out by the rule of its plan: below you see when."))
    return redirect("reviews:review", pk)


@require_POST
@requires(Permission.SCORE)
def publish_mine(request: HttpRequest) -> HttpResponse:
    """Publish every review that the person has submitted and that waits for its release."""
    user = person(request)
    count = publishing.publish_of(user, now=timezone.now())
    messages.success(request, _("%(count)d published.") % {"count": count})
    return redirect("reviews:list")


def _owes(found: Review, user: User) -> bool:
    return QueueItem.objects.owed_by(user).filter(conversation=found.conversation_id).exists()


def _export_query(request: HttpRequest, *, without: list[str]) -> str:
    """Return the filters of the list for the address of its export: the same names, without the page."""
    query = request.GET.copy()
    for name in ("page", *without):
        query.pop(name, None)
    query["format"] = "csv"
    return query.urlencode()
