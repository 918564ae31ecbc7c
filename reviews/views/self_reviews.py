"""An agent scores the same conversation, in the same workspace, before seeing the review."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person, requires
from accounts.roles import Permission
from reviews.models import QueueItem, Review
from reviews.services import self_reviews
from reviews.views.scoring import own, workspace

SELF = QueueItem.Purpose.SELF


@require_POST
@requires(Permission.READ_OWN_FEEDBACK)
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the workspace on the own conversation."""
    user = person(request)
    rows = QueueItem.objects.filter(purpose=SELF, agent__user=user.pk).select_related("agent")
    review = self_reviews.begin(get_object_or_404(rows, pk=pk), by=user, now=timezone.now())
    return redirect("reviews:self_review", review.pk)


@require_GET
@requires(Permission.READ_OWN_FEEDBACK)
def self_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the own draft as the workspace; what is done leads to where the review is."""
    mine = own(request, pk)
    if mine.purpose != SELF:
        raise Http404
    return workspace(request, mine) if mine.status == Review.Status.DRAFT else redirect(after(request, mine))


def after(request: HttpRequest, mine: Review) -> str:
    """Return where to read on: the review where it is out, else the list of feedback, saying when it comes."""
    found = Review.objects.feedback_for(person(request)).filter(item__pick=mine.item.pick_id).first()
    if found is not None:
        messages.success(request, _("Submitted. Here is the review, and where you differ."))
        return reverse("reviews:feedback", args=[found.pk])
    messages.success(request, _("Submitted. The review appears here as soon as it is published."))
    return reverse("reviews:feedback_list")
