"""Disputes: the list, one dispute, and what each side does with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import may, person, requires
from accounts.roles import Permission
from core.http import render_page, wants_json
from core.refusals import Refusal, Refused, refuse
from reviews.filters import DisputeFilter
from reviews.forms import doubts_from, standing_from
from reviews.models import Dispute, Review
from reviews.policies import why_not_dispute, why_not_escalate
from reviews.policies.disputing import still_doubted, window_ends
from reviews.selectors.disputes import WHOLE, dispute_page, listed
from reviews.selectors.doubts import doubtful
from reviews.services import deciding, disputes

PAGE = 25
P = Permission


@require_GET
@requires(P.READ_REVIEWS, P.READ_OWN_FEEDBACK)
def dispute_list(request: HttpRequest) -> HttpResponse:
    """List the disputes within reach, the open ones first."""
    user = person(request)
    rows = Dispute.objects.visible_to(user)
    filtered = DisputeFilter(request.GET, queryset=rows, request=request)
    context = {
        "filter": filtered,
        "page": Paginator(listed(filtered.qs), PAGE).get_page(request.GET.get("page")),
        "open": rows.open().count(),
        "mine": rows.decided_by(user).count(),
        "is_reader": may(user, P.READ_REVIEWS),
        "now": timezone.now(),
    }
    return render_page(request, "reviews/disputes.html", context)


@require_GET
@requires(P.READ_REVIEWS, P.READ_OWN_FEEDBACK)
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one dispute to its sides, and to those who decide."""
    return _page(request, _get(request, pk))


@require_http_methods(["GET", "POST"])
@requires(P.READ_OWN_FEEDBACK, P.SEE_TEAM)
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the answers that are doubted, and say why."""
    user, now = person(request), timezone.now()
    rows = Review.objects.visible_to(user).select_related(
        "agent", "conversation", "transcript", "current", "rubric_version__rubric", "item__pick"
    )
    review = get_object_or_404(rows, pk=pk)
    refuse(why_not_dispute(user, review, now=now))
    context = {"review": review, "until": window_ends(review.published_at or now)}
    if request.method == "GET":
        return _form(request, review, context=context)
    try:
        made = disputes.begin(review, doubts_from(request.POST), by=user, now=now)
    except Refused as refused:
        return _again(request, review, refused, context=context)
    messages.success(request, _("Disputed. Somebody else looks at these answers now, without seeing the first ones."))
    return redirect("reviews:dispute", made.pk)


@require_http_methods(["GET", "POST"])
@requires(P.READ_OWN_FEEDBACK, P.SEE_TEAM)
def escalate(request: HttpRequest, pk: int) -> HttpResponse:
    """Take what was not changed to a QA manager who has had no part in it."""
    user, now, found = person(request), timezone.now(), _get(request, pk)
    refuse(why_not_escalate(user, found, now=now))
    among = set(still_doubted(found).values_list("criterion__lineage", flat=True))
    context = {"review": found.review, "first": found, "until": window_ends(found.ended_at or now), "among": among}
    if request.method == "GET":
        return _form(request, found.review, context=context)
    try:
        made = disputes.escalate(found, doubts_from(request.POST), by=user, now=now)
    except Refused as refused:
        return _again(request, found.review, refused, context=context)
    messages.success(request, _("Escalated. A QA manager decides, after another second look where one is possible."))
    return redirect("reviews:dispute", made.pk)


@require_POST
@requires(P.READ_OWN_FEEDBACK, P.SEE_TEAM)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a dispute back."""
    disputes.withdraw(_get(request, pk), by=person(request), now=timezone.now())
    messages.success(request, _("Withdrawn. The answers stay as they are."))
    return redirect("reviews:dispute", pk)


@require_POST
@requires(P.SCORE)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide every point of a dispute."""
    found = _get(request, pk)
    lineages = list(found.points.values_list("criterion__lineage", flat=True))
    try:
        given = standing_from(request.POST, lineages, deciding.Decision)
        deciding.decide(found, given, by=person(request), now=timezone.now())
    except Refused as refused:
        if wants_json(request) or refused.refusal.code != "bad_decisions":
            raise
        return _page(request, found, refusal=refused.refusal, given=request.POST)
    messages.success(request, _("Decided. Both sides can read it now."))
    return redirect("reviews:dispute", pk)


def _get(request: HttpRequest, pk: int) -> Dispute:
    rows = Dispute.objects.visible_to(person(request)).select_related(*WHOLE)
    found: Dispute = get_object_or_404(rows, pk=pk)
    return found


def _page(request: HttpRequest, found: Dispute, *, refusal: Refusal | None = None, given: Any = None) -> HttpResponse:
    page = dispute_page(found, person(request), now=timezone.now())
    rows = [
        {
            "view": view,
            "stands": given.get(f"stands.{view.point.criterion.lineage}", "") if given else "",
            "rationale": given.get(f"rationale.{view.point.criterion.lineage}", "") if given else "",
            "wrong": _wrong(refusal, view.point.criterion.lineage),
        }
        for view in page.points
    ]
    context = {"page": page, "dispute": found, "review": found.review, "rows": rows, "refusal": refusal,
               "now": timezone.now(), "is_reader": may(person(request), P.READ_REVIEWS)}  # fmt: skip
    status = refusal.status if refusal else 200
    return render_page(request, "reviews/dispute.html", context, status=status)


def _again(request: HttpRequest, review: Review, refused: Refused, *, context: dict[str, Any]) -> HttpResponse:
    """Show the form again with what was filled in; other refusals have a page of their own."""
    if wants_json(request) or refused.refusal.status != 422:
        raise refused
    return _form(request, review, context=context, refusal=refused.refusal)


def _form(
    request: HttpRequest, review: Review, *, context: dict[str, Any], refusal: Refusal | None = None
) -> HttpResponse:
    lines = doubtful(review, among=context.get("among"))
    chosen = set(request.POST.getlist("point")) or set(request.GET.getlist("point"))
    rows = [
        {
            "line": line,
            "answers": answers,
            "chosen": line.criterion.lineage in chosen,
            "reason": request.POST.get(f"reason.{line.criterion.lineage}", ""),
            "proposed": request.POST.get(f"proposed.{line.criterion.lineage}", ""),
            "wrong": _wrong(refusal, line.criterion.lineage),
        }
        for line, answers in lines
    ]
    status = refusal.status if refusal else 200
    return render_page(
        request, "reviews/dispute_form.html", {**context, "rows": rows, "refusal": refusal}, status=status
    )


def _wrong(refusal: Refusal | None, lineage: str) -> str:
    problems = refusal.details.get("problems", []) if refusal else []
    return next((problem["sentence"] for problem in problems if problem["criterion"] == lineage), "")
