"""What the coaching sweep did, what it could not do, and starting it by hand."""

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
from coaching import sweep_words
from coaching.models import Observation, SweepFailure, SweepRun
from coaching.services import observations
from coaching.tasks import sweep_coaching
from core.http import render_page
from core.queueing import enqueue

PAGE = 25
RUNS = 12


@require_GET
@requires(Permission.MANAGE_SETTINGS, Permission.MANAGE_COACHING)
def sweep(request: HttpRequest) -> HttpResponse:
    """Show the last runs, and what failed and is tried again."""
    user = person(request)
    runs = list(SweepRun.objects.visible_to(user)[:RUNS])
    failures = SweepFailure.objects.visible_to(user).open().select_related("agent", "skill")
    page = Paginator(failures, PAGE).get_page(request.GET.get("page"))
    for failure in page:
        failure.says = sweep_words.failed(failure)  # type: ignore[attr-defined]
    context = {"runs": runs, "page": page, "sentence": sweep_words.standing(runs, failures=page.paginator.count)}
    return render_page(request, "coaching/sweep.html", context)


@require_POST
@requires(Permission.MANAGE_SETTINGS, Permission.MANAGE_COACHING)
def sweep_now(request: HttpRequest) -> HttpResponse:
    """Sweep now instead of within the hour; doing it twice changes nothing."""
    enqueue(sweep_coaching)
    messages.success(request, _("The sweep is queued. It shows below once it has begun."))
    return redirect("coaching:sweep")


@require_POST
@requires(Permission.COACH)
def answer_observation(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what came of a strength or a decline."""
    found = get_object_or_404(Observation.objects.visible_to(person(request)), pk=pk)
    observations.answer(found, request.POST.get("answer", ""), by=person(request), now=timezone.now())
    messages.success(request, _("Noted: %(answer)s.") % {"answer": found.get_answer_display()})
    return redirect("coaching:list")
