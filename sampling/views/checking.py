"""Check a receipt from anywhere: at once, or in the background where it is large."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person, requires
from accounts.roles import Permission
from core.http import render_page
from core.models import Job
from core.queueing import enqueue
from sampling import receipts
from sampling.forms import ReceiptForm
from sampling.receipts import NotAReceipt
from sampling.selectors import checks as read
from sampling.selectors import retold
from sampling.selectors.rechecks import draws_of
from sampling.services import checks
from sampling.tasks import continue_check


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.READ_SAMPLING)
def check(request: HttpRequest) -> HttpResponse:
    """Check a receipt that came from anywhere; of a large one the page shows how far it is."""
    if request.method != "POST":
        return _page(request, form=ReceiptForm())
    form = ReceiptForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["receipt"]
        try:
            if read.is_large(file):
                job = checks.start(file, by=person(request), now=timezone.now())
                enqueue(continue_check, job.pk)
                return redirect("sampling:checked", job.pk)
            result = receipts.replay(file.read())
        except NotAReceipt as error:
            form.add_error("receipt", str(error))
        else:
            told = retold.of_receipt(result)
            return _page(request, form=form, replayed=retold.on_page(told), draws=draws_of(result))
    return _page(request, form=form, status=422)


@require_GET
@requires(Permission.READ_SAMPLING)
def checked(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far the check of a large receipt is, and what came out; to whoever had it checked."""
    job = _get(request, pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return _checked(request, job)
    response = _checked(request, job, part="progress")
    if not job.is_open:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@requires(Permission.READ_SAMPLING)
def cancel_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the check of a receipt."""
    checks.cancel(_get(request, pk), by=person(request), now=timezone.now())
    return redirect("sampling:checked", pk)


def _get(request: HttpRequest, pk: int) -> Job:
    return get_object_or_404(read.visible_to(person(request)), pk=pk)


def _checked(request: HttpRequest, job: Job, *, part: str | None = None) -> HttpResponse:
    context: dict[str, Any] = {"job": job, "form": ReceiptForm()}
    if job.status == Job.Status.DONE:
        draws = read.draws_in(job.result, person(request))
        context |= {"replayed": retold.on_page(job.result), "draws": draws}
    return _page(request, part=part, **context)


def _page(request: HttpRequest, *, part: str | None = None, status: int = 200, **context: Any) -> HttpResponse:
    if part is None:
        context["earlier"] = read.visible_to(person(request))
    return render_page(request, "sampling/check.html", context, part=part, status=status)
