"""The queue: see what is to do, take the next, take up a draft, give one back, skip one."""

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
from core.refusals import Refused
from reviews.forms import text
from reviews.models import QueueItem, Review
from reviews.policies import why_not_more
from reviews.selectors.queue import queue_page
from reviews.services import claims, skipping
from reviews.skips import REASONS

PAGE = 25


@require_GET
@requires(Permission.SCORE)
def queue(request: HttpRequest) -> HttpResponse:
    """Show what is to do, in the order of the draw."""
    user, now = person(request), timezone.now()
    page = queue_page(user, now=now)
    paginator = Paginator(page.items, PAGE)
    paginator.count = page.to_do  # the same rows, which are counted already
    rows = paginator.get_page(request.GET.get("page"))
    context = {"queue": page, "page": rows, "now": now, "why_not_more": why_not_more(user, now=now)}
    return render_page(request, "reviews/queue.html", context)


@require_POST
@requires(Permission.SCORE)
def claim(request: HttpRequest) -> HttpResponse:
    """Hand the next conversation to the reviewer."""
    try:
        review = claims.next_item(by=person(request), now=timezone.now())
    except Refused as refused:
        if refused.refusal.code != "too_many_held":
            raise
        messages.warning(request, refused.refusal.sentence)
        return redirect("reviews:queue")  # where the drafts stand that are to be finished
    if review is None:  # the page says why
        messages.info(request, _("Nothing is left to review for you right now."))
        return redirect("reviews:queue")
    return redirect("reviews:review", review.pk)


@require_POST
@requires(Permission.SCORE)
def take_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Take up one's own draft again after its lease ran out."""
    review = get_object_or_404(Review.objects.filter(author=person(request)).select_related("item__agent"), pk=pk)
    claims.take(review.item, by=person(request), now=timezone.now())
    return redirect("reviews:review", review.pk)


@require_POST
@requires(Permission.SCORE)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an item back to the queue; the draft stays."""
    item = get_object_or_404(QueueItem.objects.filter(review__author=person(request)), pk=pk)
    if claims.release(item, by=person(request), now=timezone.now()):
        given_up = _("Given up. Nobody else is asked to review it.")
        messages.success(request, given_up if item.is_by_hand else _("Given back. Your draft is kept."))
    return redirect("reviews:queue")


@require_POST
@requires(Permission.SCORE)
def skip(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an item aside for a reason of the closed list; the draw decides what replaces it."""
    item = get_object_or_404(QueueItem.objects.filter(review__author=person(request)).select_related("pick"), pk=pk)
    reason = request.POST.get("reason", "")
    note = text(request.POST, "note", longest=2000)
    skipping.skip(item, reason=reason, note=note, by=person(request), now=timezone.now())
    messages.success(request, REASONS[reason].done)
    return redirect("reviews:queue")
