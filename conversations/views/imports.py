"""Bring conversations in: upload, watch, stop, and see what could not be taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import msgspec
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person, requires
from accounts.roles import Permission
from conversations import selectors
from conversations.corrections import lines_to_correct, table_to_correct
from conversations.forms import UploadForm
from conversations.import_filters import ImportsShown, RejectFilter
from conversations.models import ImportRun, Reject, Source
from conversations.policies import why_not_cancel, why_not_read_rejects
from conversations.services import links, uploads
from conversations.tasks import continue_import, fetch_import
from core.http import render_page
from core.queueing import enqueue
from core.refusals import Refused, refuse

RUNS = 25
REJECTS = 25


@require_GET
@requires(Permission.IMPORT_CONVERSATIONS)
def import_list(request: HttpRequest) -> HttpResponse:
    """List the imports, newest first."""
    filtered = ImportsShown(request.GET, queryset=selectors.runs_listed(person(request)), request=request)
    page = Paginator(filtered.qs, RUNS).get_page(request.GET.get("page"))
    return render_page(request, "conversations/imports.html", {"filter": filtered, "page": page})


@require_http_methods(["GET", "POST"])
@requires(Permission.IMPORT_CONVERSATIONS)
def new_import(request: HttpRequest) -> HttpResponse:
    """Take a file, and read it in the background."""
    form = UploadForm(request.POST or None, request.FILES or None)
    status, same = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _start(request, form)
            except Refused as refused:
                form.add_error("link" if form.cleaned_data["link"] else "file", str(refused.refusal))
                status, same = refused.refusal.status, refused.refusal.details.get("import")
    sources = Source.objects.visible_to(person(request)).values_list("name", flat=True)
    context = {"form": form, "sources": sources, "same": same}
    return render_page(request, "conversations/new_import.html", context, status=status)


@require_GET
@requires(Permission.IMPORT_CONVERSATIONS)
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one import: how far it is, what came of it, and what was rejected."""
    run = _get(request, pk)
    user = person(request)
    rejects = RejectFilter(request.GET, queryset=Reject.objects.filter(run=run), request=request)
    context = {
        "run": run,
        "filter": rejects,
        "page": Paginator(rejects.qs, REJECTS).get_page(request.GET.get("page")),
        "why_no_text": why_not_read_rejects(user),
        "why_not_cancel": why_not_cancel(user, run),
        "rate": _rate(run),
    }
    return render_page(request, "conversations/import.html", context)


@require_GET
@requires(Permission.IMPORT_CONVERSATIONS)
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with the part of the page that moves; once the import has ended, with the whole page anew."""
    run = _get(request, pk)
    context = {"run": run, "rate": _rate(run)}
    response = render_page(request, "conversations/import.html", context, part="progress")
    if run.status not in (ImportRun.Status.RUNNING, ImportRun.Status.FETCHING):
        response["HX-Refresh"] = "true"
    return response


@require_POST
@requires(Permission.IMPORT_CONVERSATIONS)
def cancel_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop an import; what was read so far stays."""
    run = _get(request, pk)
    uploads.cancel(run, by=person(request), now=timezone.now())
    messages.success(request, _("Stopped. What was read so far is kept."))
    return redirect("conversations:import", run.pk)


@require_GET
@requires(Permission.IMPORT_CONVERSATIONS)
def rejects(request: HttpRequest, pk: int) -> HttpResponse:
    """Download the rejected lines with their places and reasons, one JSON object a line."""
    run = _get(request, pk)
    refuse(why_not_read_rejects(person(request)))
    return _download(_with_reasons(run), f"rejects-{run.pk}.jsonl")


@require_GET
@requires(Permission.IMPORT_CONVERSATIONS)
def rejected_lines(request: HttpRequest, pk: int) -> HttpResponse:
    """Download the rejected lines as they were, to be corrected and uploaded again."""
    run = _get(request, pk)
    refuse(why_not_read_rejects(person(request)))
    if run.is_table:
        return _download(table_to_correct(run), f"to-correct-{run.pk}.csv", content_type="text/csv; charset=utf-8")
    return _download(lines_to_correct(run), f"to-correct-{run.pk}.jsonl")


def _start(request: HttpRequest, form: UploadForm) -> HttpResponse:
    data = form.cleaned_data
    by, now = person(request), timezone.now()
    if data["link"]:
        run = links.start(data["link"], source_name=data["source"], by=by, now=now, waits=True)
        enqueue(fetch_import, run.job_id)
        return redirect("conversations:import", run.pk)
    run = uploads.start(data["file"], source_name=data["source"], by=by, now=now, waits=True)
    if run.status == ImportRun.Status.MAPPING:
        return redirect("conversations:columns", run.pk)
    enqueue(continue_import, run.job_id)
    return redirect("conversations:import", run.pk)


def _get(request: HttpRequest, pk: int) -> ImportRun:
    return get_object_or_404(selectors.runs_listed(person(request)), pk=pk)


def _rate(run: ImportRun) -> int:
    """Return the conversations read per second so far."""
    until = run.finished_at or timezone.now()
    seconds = (until - run.started_at).total_seconds()
    return round(run.received / seconds) if seconds >= 1 else 0


def _with_reasons(run: ImportRun) -> Iterator[bytes]:
    fields = ("line", "byte", "size", "path", "reason", "raw")
    for row in Reject.objects.filter(run=run).values(*fields).iterator():
        yield msgspec.json.encode(row) + b"\n"


def _download(content: Iterator[bytes], name: str, *, content_type: str = "application/jsonl") -> HttpResponse:
    response = StreamingHttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    return cast("HttpResponse", response)  # Django's stubs give the two no common name that decorators know
