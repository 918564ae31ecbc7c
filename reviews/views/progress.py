"""How far the reviews of a draw are: a part that the draw's page asks for, since it cannot know."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts.access import person, requires
from accounts.roles import Permission
from core.http import render_page
from reviews.models import QueueRules
from reviews.selectors.progress import progress_of_draw
from sampling.models import Draw


@require_GET
@requires(Permission.READ_SAMPLING)
def of_draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what became of the drawn conversations."""
    draw = get_object_or_404(Draw.objects.visible_to(person(request)).select_related("plan"), pk=pk)
    context = {"draw": draw, "progress": progress_of_draw(draw), "rules": QueueRules.of(draw.plan)}
    part = "part" if getattr(request, "htmx", False) else None
    return render_page(request, "reviews/of_draw.html", context, part=part)
