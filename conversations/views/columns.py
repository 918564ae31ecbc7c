"""Say what the columns of an uploaded table are, and start reading it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import person, requires
from accounts.roles import Permission
from conversations import columns as shown
from conversations import selectors
from conversations.formats.outcomes import Unreadable
from conversations.formats.table import told
from conversations.formats.table.guess import Guess
from conversations.forms import reading_form, said_in, twice
from conversations.models import ImportRun
from conversations.services import columns
from conversations.tasks import continue_import
from core import time_zones
from core.http import render_page
from core.queueing import enqueue
from core.refusals import Refused

PAGE = "conversations/columns.html"


@require_http_methods(["GET", "POST"])
@requires(Permission.IMPORT_CONVERSATIONS)
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the columns are taken for; look again with other choices, or start."""
    run = get_object_or_404(selectors.runs_listed(person(request)), pk=pk)
    if run.status != ImportRun.Status.MAPPING and request.method == "GET":
        return redirect("conversations:import", run.pk)
    found = columns.look_at(run, columns.told_by(run))
    problem, status = "", 200
    if request.method == "POST":
        try:
            found, said = _said(request, run, found)
            if "start" in request.POST:
                started = columns.start(run, said, by=person(request), now=timezone.now())
                enqueue(continue_import, started.job_id)
                return redirect("conversations:import", run.pk)
        except Refused as refused:
            problem, status = str(refused.refusal), refused.refusal.status
    part = "form" if getattr(request, "htmx", False) else None
    return render_page(request, PAGE, _context(run, found, problem), part=part, status=status)


def _said(request: HttpRequest, run: ImportRun, before: Guess) -> tuple[Guess, told.Told]:
    """Return what the sent form says, and the table as it looks by that."""
    layout = {"encoding": request.POST.get("encoding_shown"), "delimiter": request.POST.get("delimiter_shown")}
    try:
        drawn = columns.look_at(run, told.read_told({key: value or None for key, value in layout.items()}))
        header = drawn.mapping.layout.header
        if field := twice(request.POST, header):
            sentence = _("Two columns are said to be “%(field)s”. Choose one of them.")
            raise Unreadable(sentence % {"field": shown.LABELS.get(field, field)})
        said = told.read_told(said_in(request.POST, header))
    except Unreadable as problem:
        raise columns.unreadable(problem) from problem
    return columns.look_at(run, said), said


def _context(run: ImportRun, found: Guess, problem: str) -> dict[str, object]:
    mapping = found.mapping
    words = shown.word_list(found)
    return {
        "run": run,
        "found": found,
        "mapping": mapping,
        "columns": shown.columns(found),
        "choices": shown.choices(mapping.per),
        "words": words,
        "unknown": sum(not word.meaning for word in words),
        "form": reading_form(found),
        "missing": mapping.missing(),
        "preview": shown.preview(found, now=timezone.now()) if not mapping.missing() else None,
        "problem": problem,
        "time_zones": time_zones.names(),
        "asks_dates": found.has_ambiguous_dates and not mapping.dates_are_told,
    }
