"""Calibration sessions: the list, one session, one conversation of it, and each step from draft to closed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import may, person, requires
from accounts.models import User
from accounts.roles import Permission
from core.http import render_page, wants_json
from core.queueing import enqueue
from core.refusals import Refusal, Refused, refuse
from reviews.calibration_forms import SessionForm
from reviews.filters import CalibrationFilter
from reviews.forms import standing_from, text
from reviews.models import CalibrationSession
from reviews.policies.calibrating import why_not_change
from reviews.selectors import calibration_frames
from reviews.selectors.calibration import LONGEST
from reviews.selectors.calibration_pages import WHOLE, listed, session_page
from reviews.selectors.calibration_units import UnitPage, unit_page
from reviews.services import calibrating, calibration_replays, settling
from reviews.services.calibrating import LONGEST_REASON
from reviews.tasks import continue_calibration_replay

PAGE = 25
P = Permission


@require_GET
@requires(P.SCORE, P.MANAGE_SAMPLING)
def session_list(request: HttpRequest) -> HttpResponse:
    """List the sessions: all to those who run them, to others those they took part in."""
    user = person(request)
    filtered = CalibrationFilter(request.GET, queryset=CalibrationSession.objects.visible_to(user), request=request)
    context = {
        "filter": filtered,
        "page": Paginator(listed(filtered.qs), PAGE).get_page(request.GET.get("page")),
        "runs": may(user, P.MANAGE_SAMPLING),
        "now": timezone.now(),
    }
    return render_page(request, "reviews/calibration.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.MANAGE_SAMPLING)
def new_session(request: HttpRequest) -> HttpResponse:
    """Set a session up."""

    def kept(form: SessionForm, now: datetime) -> CalibrationSession:
        return calibrating.make(form.wanted(), by=person(request), now=now)

    return _form(request, None, kept)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.MANAGE_SAMPLING)
def edit_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    found = _get(request, pk)
    refuse(why_not_change(person(request), found))

    def kept(form: SessionForm, now: datetime) -> CalibrationSession:
        return calibrating.change(found, form.wanted(), by=person(request), now=now)

    return _form(request, found, kept)


def _form(
    request: HttpRequest, found: CalibrationSession | None, keep: Callable[[SessionForm, datetime], CalibrationSession]
) -> HttpResponse:
    now, status = timezone.now(), 200
    form = SessionForm(request.POST or None, now=now, initial=SessionForm.initial_of(found) if found else None)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return redirect("reviews:calibration_session", keep(form, now).pk)
            except Refused as refused:
                if wants_json(request) or refused.refusal.status != 422:
                    raise
                field = refused.refusal.details.get("field", "")
                form.add_error("last_day" if field == "due_at" else field or None, refused.refusal.sentence)
    return render_page(request, "reviews/calibration_form.html", {"form": form, "session": found}, status=status)


@require_GET
@requires(P.SCORE, P.MANAGE_SAMPLING)
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one session: who scored, and once it is revealed how far they agree."""
    return _page(request, _get(request, pk))


@require_GET
@requires(P.SCORE, P.MANAGE_SAMPLING)
def unit(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show one conversation with everybody's answers side by side."""
    return _unit(request, _page_of(_get(request, pk), number, person(request)))


@require_POST
@requires(P.MANAGE_SAMPLING)
def agree(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Write down the answers that stand for one conversation."""
    page = _page_of(_get(request, pk), number, person(request))
    lineages = [row.criterion.lineage for row in page.rows]
    given = standing_from(request.POST, lineages, settling.Agreed, longest=LONGEST)
    try:
        settling.agree(page.unit, given, by=person(request), now=timezone.now())
    except Refused as refused:
        if wants_json(request) or refused.refusal.code != "bad_answers":
            raise
        return _unit(request, page, refusal=refused.refusal, given=request.POST)
    messages.success(request, _("Agreed. These answers stand; no score of an agent changes by them."))
    if page.after is not None:
        return redirect("reviews:calibration_unit", pk, page.after)
    return redirect("reviews:calibration_session", pk)


@require_POST
@requires(P.MANAGE_SAMPLING)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw the conversations, and put them into everybody's queue."""
    calibrating.start(_get(request, pk), by=person(request), now=timezone.now())
    messages.success(request, _("Started. The conversations are in the queues, and look like any others there."))
    return redirect("reviews:calibration_session", pk)


@require_POST
@requires(P.MANAGE_SAMPLING)
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everybody's answers to all who took part."""
    settling.reveal(_get(request, pk), by=person(request), now=timezone.now())
    messages.success(request, _("Revealed. Everybody who took part can see all answers now."))
    return redirect("reviews:calibration_session", pk)


@require_POST
@requires(P.MANAGE_SAMPLING)
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that all answers are agreed on."""
    settling.resolve(_get(request, pk), by=person(request), now=timezone.now())
    messages.success(request, _("Resolved. Everybody who took part sees their own answers beside the agreed ones."))
    return redirect("reviews:calibration_session", pk)


@require_POST
@requires(P.MANAGE_SAMPLING)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a resolved session away."""
    settling.close(_get(request, pk), by=person(request), now=timezone.now())
    messages.success(request, _("Closed. It stays here to be read."))
    return redirect("reviews:calibration_session", pk)


@require_POST
@requires(P.MANAGE_SAMPLING)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a session up, with a reason."""
    reason = text(request.POST, "reason", longest=LONGEST_REASON + 1)
    calibrating.cancel(_get(request, pk), reason=reason, by=person(request), now=timezone.now())
    messages.success(request, _("Cancelled. What people wrote stays with them alone."))
    return redirect("reviews:calibration_session", pk)


@require_GET
@requires(P.MANAGE_SAMPLING)
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Download what repeats the draw of the conversations."""
    found = _get(request, pk)
    body = json.dumps(calibration_frames.receipt(found, now=timezone.now()), ensure_ascii=False, indent=1)
    response = HttpResponse(body, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="calibration-{found.pk}.json"'
    return response


@require_POST
@requires(P.MANAGE_SAMPLING)
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw a session with a large frame again in the background; its page shows what came out."""
    found = _get(request, pk)
    if calibration_frames.is_large(found):
        job = calibration_replays.start(found, by=person(request), now=timezone.now())
        enqueue(continue_calibration_replay, job.pk)
    return redirect("reviews:calibration_session", pk)


def _get(request: HttpRequest, pk: int) -> CalibrationSession:
    rows = CalibrationSession.objects.visible_to(person(request)).select_related(*WHOLE)
    found: CalibrationSession = get_object_or_404(rows, pk=pk)
    return found


def _page_of(found: CalibrationSession, number: int, user: User) -> UnitPage:
    page = unit_page(found, number, user)
    if page is None:
        raise Http404
    return page


def _page(request: HttpRequest, found: CalibrationSession) -> HttpResponse:
    is_large = calibration_frames.is_large(found)
    page = session_page(found, person(request), now=timezone.now(), again=not is_large)
    job = calibration_frames.newest(found) if is_large and page.runs else None
    context = {
        "page": page, "session": found, "now": timezone.now(), "longest_reason": LONGEST_REASON, "is_large": is_large,
        "job": job, "replayed": calibration_frames.replayed_by(job) if is_large else page.replayed,
    }  # fmt: skip
    return render_page(request, "reviews/calibration_session.html", context)


def _unit(
    request: HttpRequest, page: UnitPage, *, refusal: Refusal | None = None, given: Any = None
) -> HttpResponse:  # fmt: skip
    problems = {one["criterion"]: one["sentence"] for one in refusal.details["problems"]} if refusal else {}
    rows = []
    for row in page.rows:
        lineage = row.criterion.lineage
        known = row.agreed.rationale if row.agreed else ""
        stands = next((key for key, label in row.choices if label == row.answer), row.common)
        rows.append(
            {
                "row": row,
                "stands": given.get(f"stands.{lineage}", "") if given else stands,
                "rationale": given.get(f"rationale.{lineage}", "") if given else known,
                "wrong": problems.get(lineage, ""),
            }
        )
    context = {"page": page, "session": page.session, "rows": rows, "refusal": refusal}
    return render_page(request, "reviews/calibration_unit.html", context, status=refusal.status if refusal else 200)
