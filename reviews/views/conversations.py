"""The reviews of one conversation, as a part that the conversation's page asks for; and reviewing it by hand."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import may, person, requires
from accounts.roles import Permission
from conversations.models import Conversation
from core.http import render_page
from reviews.models import Review
from reviews.selectors import by_hand as selectors
from reviews.services import by_hand
from rubrics.models import Rubric


@require_GET
@requires(Permission.READ_REVIEWS)
def for_conversation(request: HttpRequest, pk: int) -> HttpResponse:
    """List the submitted reviews of one conversation that the person may see, and offer to add one."""
    user = person(request)
    conversation = get_object_or_404(Conversation.objects.visible_to(user), pk=pk)
    rows = Review.objects.visible_to(user).not_blind_to(user).filter(conversation=conversation)
    found = rows.exclude(status=Review.Status.DRAFT).select_related("author", "current", "rubric_version__rubric")[:20]
    offer = selectors.offer(user, conversation) if may(user, Permission.SCORE) else None
    context = {"reviews": found, "conversation": conversation, "offer": offer}
    return render_page(request, "reviews/_for_conversation.html", context)


@require_POST
@requires(Permission.SCORE)
def review_by_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the workspace on a conversation that somebody came upon."""
    user = person(request)
    conversation = get_object_or_404(Conversation.objects.visible_to(user), pk=pk)
    rubric = get_object_or_404(Rubric.objects.visible_to(user), slug=request.POST.get("rubric", ""))
    review = by_hand.begin(conversation, rubric=rubric, by=user, now=timezone.now())
    return redirect("reviews:review", review.pk)
