"""Draws: make one now, read it, replay it, download its receipt, and void it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person, requires
from accounts.roles import Permission
from core.http import render_page
from core.models import Job
from core.queueing import enqueue
from core.refusals import Refusal, Refused
from sampling import periods, receipts
from sampling.filters import DrawnFilter, PicksShown
from sampling.forms import VoidForm
from sampling.models import Draw, PeriodKey, Plan
from sampling.policies import why_not_draw, why_not_manage
from sampling.selectors import pages, retold
from sampling.selectors.receipts import receipt_of
from sampling.services import draws, replays
from sampling.tasks import continue_replay

STRATA = 25
PICKS = 25


@require_POST
@requires(Permission.MANAGE_SAMPLING)
def draw_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw the closed period around a moment; asking twice shows the draw that stands."""
    plan = get_object_or_404(Plan.objects.visible_to(person(request)), pk=pk)
    now = timezone.now()
    made = draws.freeze(plan, period=periods.containing(plan, _moment(request)), by=person(request), now=now)
    if made.frozen_at == now:
        sentence = ngettext("%(count)s conversation was drawn.", "%(count)s conversations were drawn.", made.picked)
        messages.success(request, sentence % {"count": made.picked})
    else:
        messages.info(request, _("This period was drawn already. Here is the draw."))
    return redirect("sampling:draw", pk=made.pk)


@require_GET
@requires(Permission.READ_SAMPLING)
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one draw."""
    return _page(request, _draw(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.READ_SAMPLING)
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Repeat a draw from its own receipt, say whether the same picks come out, and ask its conversations again.

    A large one is replayed in the background: asking for it starts that, looking shows how far it is or what came out.
    """
    found = _draw(request, pk)
    part = "replayed" if request.htmx else None  # type: ignore[attr-defined]
    if not retold.is_large(found):
        told = retold.of_draw(found) | {"today": retold.of_conversations(found)}
        return _page(request, found, replayed=retold.on_page(told), part=part)
    if request.method == "POST":
        started = replays.start(found, by=person(request), now=timezone.now())
        enqueue(continue_replay, started.pk)
        if part is None:
            return redirect("sampling:replay", pk)
    return _page(request, found, part=part)


@require_POST
@requires(Permission.READ_SAMPLING)
def cancel_replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a replay in the background."""
    found = _draw(request, pk)
    job = retold.newest(found)
    if job is None:
        raise Http404
    replays.cancel(job, by=person(request), now=timezone.now())
    if request.htmx:  # type: ignore[attr-defined]
        return _page(request, found, part="replayed")
    return redirect("sampling:draw", pk)


@require_GET
@requires(Permission.READ_SAMPLING)
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Download the receipt."""
    found = _draw(request, pk)
    name = f"draw-{found.plan.identity}-{found.period}.json"
    response = StreamingHttpResponse(
        receipts.in_pieces(receipt_of(found)),
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    return cast("HttpResponse", response)


@require_POST
@requires(Permission.MANAGE_SAMPLING)
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a draw out, with a reason that stays."""
    found = _draw(request, pk)
    form = VoidForm(request.POST)
    if not form.is_valid():
        return _page(request, found, void_form=form, status=422)
    draws.void(found, reason=form.cleaned_data["reason"], by=person(request), now=timezone.now())
    messages.success(request, _("The draw is voided. It stays here with its reason; the period can be drawn again."))
    return redirect("sampling:draw", pk=pk)


def _draw(request: HttpRequest, pk: int) -> Draw:
    found = pages.draws(Draw.objects.visible_to(person(request)))
    return get_object_or_404(found.select_related("plan", "frozen_by", "voided_by", "rubric_version__rubric"), pk=pk)


def _moment(request: HttpRequest) -> datetime:
    """Return the moment that was asked for; only moments that a calendar holds."""
    try:
        moment = datetime.fromisoformat(request.POST.get("moment", ""))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 1970 < moment.year < 2200:
        raise Refused(Refusal("unreadable_moment", 422, _("Say which period to draw.")))
    return moment


def _lists(request: HttpRequest, found: Draw) -> dict[str, Any]:
    """Return the frame and the picks as the address narrows them down."""
    strata = DrawnFilter(request.GET, queryset=pages.strata(found), request=request)
    picks = PicksShown(request.GET, queryset=pages.picks(found), request=request)
    return {
        "filter": strata,
        "strata": Paginator(strata.qs, STRATA).get_page(request.GET.get("page")),
        "picks": Paginator(picks.qs, PICKS).get_page(request.GET.get("picks")),
    }


def _drawn_again(request: HttpRequest, found: Draw) -> dict[str, Any]:
    """Return what came in the place of a voided draw, or whether its period may be drawn again."""
    if found.voided_at is None:
        return {}
    now, period = timezone.now(), periods.containing(found.plan, found.starts_at)
    standing = found.plan.draws.standing().filter(period=found.period).first()
    may = standing is None and period.label == found.period
    return {"standing": standing, "may_draw": may and why_not_draw(person(request), found.plan, period, now) is None}


def _page(
    request: HttpRequest,
    found: Draw,
    *,
    replayed: dict[str, Any] | None = None,
    void_form: VoidForm | None = None,
    part: str | None = None,
    status: int = 200,
) -> HttpResponse:
    job = retold.newest(found) if retold.is_large(found) else None
    if job is not None and job.status == Job.Status.DONE:
        replayed = retold.on_page(job.result)
    context: dict[str, Any] = {"draw": found, "job": job, "replayed": replayed}
    if part is None:
        context |= {
            "key": PeriodKey.objects.filter(plan=found.plan, period=found.period).first(),
            **_lists(request, found),
            **_drawn_again(request, found),
            "skips": pages.skip_reasons(found),
            "void_form": void_form or VoidForm(),
            "may_manage": why_not_manage(person(request)) is None,
        }
    return render_page(request, "sampling/draw.html", context, part=part, status=status)
