"""The board of plans, and what is done to several at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person, requires
from accounts.models import User
from accounts.roles import Permission
from coaching import sweep_words, words
from coaching.filters import PlanFilter
from coaching.models import Observation, Plan, Programme
from coaching.selectors import bases, board, observations
from coaching.selectors.bases import Basis
from coaching.selectors.programmes import with_waiting
from coaching.services import plans
from core.http import render_page
from core.whole_numbers import whole_numbers

PAGE = 25
OBSERVATIONS = 5


@require_GET
@requires(Permission.COACH)
def plan_list(request: HttpRequest) -> HttpResponse:
    """List the plans within reach by stage, what needs a decision first."""
    rows, today = Plan.objects.coached_by(person(request)), timezone.localdate()
    stage = request.GET.get("stage", "")
    stage = stage if stage in board.NAMES else ""
    filtered = PlanFilter(request.GET, queryset=rows, request=request)
    chosen = (
        filtered.qs
        if request.GET.get("status") or request.GET.get("of")
        else board.in_stage(filtered.qs, stage, today=today)
    )
    page = Paginator(board.board(chosen, today=today), PAGE).get_page(request.GET.get("page"))
    rests = bases.of_plans(page.object_list, now=timezone.now())
    for plan in page:
        plan.need = words.need(plan)  # type: ignore[attr-defined]
        plan.baseline_rests_on = rests.get(plan.pk)  # type: ignore[attr-defined]
    context = {"filter": filtered, "page": page, "stage": stage, **_head(rows, today=today)}
    context["tabs"] = board.tabs(filtered.qs, stage=stage, others=_others(request), today=today)
    context |= _beside(person(request)) if stage in ("", "needs") and not _others(request) else {}
    context["waiting"] = [] if _others(request) else with_waiting(Programme.objects.visible_to(person(request)))
    context["may_choose"] = any(plan.status == Plan.Status.PROPOSED for plan in page)
    return render_page(request, "coaching/list.html", context)


@require_POST
@requires(Permission.COACH)
def accept_chosen(request: HttpRequest) -> HttpResponse:
    """Accept the chosen proposals; each that cannot be accepted says why."""
    ids = whole_numbers(request.POST.getlist("plan"))
    rows = Plan.objects.coached_by(person(request)).filter(pk__in=ids[:PAGE]).select_related("agent", "skill")
    answers = plans.accept_chosen(rows.order_by("pk"), by=person(request), now=timezone.now())
    accepted = sum(1 for _plan, refusal in answers if refusal is None)
    if accepted:
        said = ngettext("One plan is accepted.", "%(n)d plans are accepted.", accepted) % {"n": accepted}
        messages.success(request, said + " " + _("Share each with its agent when it is ready."))
    for plan, refusal in answers:
        if refusal is not None:
            messages.error(request, f"{plan.agent}, {plan.skill}: {refusal.sentence}")
    if not answers:
        messages.error(request, _("Choose the proposals first."))
    shown = request.GET.urlencode()
    return redirect(reverse("coaching:list") + (f"?{shown}" if shown else ""))


def _head(rows: QuerySet[Plan], *, today: Any) -> dict[str, Any]:
    proposed = rows.proposed()  # type: ignore[attr-defined]
    return {
        "sentence": board.sentence(
            needs=board.needing(rows, today=today).count(),
            proposed=proposed.count(),
            expected_wrong=words.expected_wrong(proposed),
        )
    }


def _beside(user: User) -> dict[str, Any]:
    """Return the newest observations that nobody has answered."""
    waiting = Observation.objects.visible_to(user).open().select_related("agent", "skill")
    found = list(waiting[:OBSERVATIONS])
    held = observations.rests_on(found, now=timezone.now())
    for one in found:
        one.says, one.rests_on = sweep_words.seen(one), _counted(one, held[one.pk])  # type: ignore[attr-defined]
    return {"observations": found, "observations_left": waiting.count() - len(found) if found else 0}


def _counted(one: Observation, held: Sequence[Basis]) -> list[tuple[int, Basis]]:
    """Put beside what each level rests on the number of its reviews, the newer first."""
    counts = [one.numbers[name] for name in ("n", "n_before") if name in one.numbers]
    return list(zip(counts, held, strict=True))


def _others(request: HttpRequest) -> str:
    """Return the filters of the address, without the stage and the page."""
    query = request.GET.copy()
    for name in ("stage", "page", "status"):
        query.pop(name, None)
    return query.urlencode()
