"""The reviews of one conversation, as a part that the conversation's page asks for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts.access import person, requires
from accounts.roles import Permission
from conversations.models import Conversation
from core.http import render_page
from reviews.models import Review


@require_GET
@requires(Permission.READ_REVIEWS)
def for_conversation(request: HttpRequest, pk: int) -> HttpResponse:
    """List the submitted reviews of one conversation that the person may see."""
    user = person(request)
    conversation = get_object_or_404(Conversation.objects.visible_to(user), pk=pk)
    rows = Review.objects.visible_to(user).not_blind_to(user).filter(conversation=conversation)
    found = rows.exclude(status=Review.Status.DRAFT).select_related("author", "current", "rubric_version__rubric")[:20]
    return render_page(request, "reviews/_for_conversation.html", {"reviews": found})
