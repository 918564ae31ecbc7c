"""The trigger rules: what holds, what was before, and a dry run of others."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person, requires
from accounts.roles import Permission
from coaching import rule_words
from coaching.models import RuleVersion
from coaching.rule_forms import RulesForm, initial_of
from coaching.rules import from_json
from coaching.selectors import dry_runs as read
from coaching.selectors.rules import current
from coaching.services import dry_runs
from coaching.services import rules as service
from coaching.tasks import continue_dry_run
from core.http import render_page
from core.models import Job
from core.queueing import enqueue
from core.refusals import Refused

SHOWN = 10


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_COACHING)
def rules(request: HttpRequest) -> HttpResponse:
    """Show the rules that hold, and set others."""
    held = current()
    if request.method != "POST":
        return _form(request, RulesForm(initial=initial_of(held.rules, number=held.number)))
    form = RulesForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=422)
    number, note = form.cleaned_data["number"], form.cleaned_data["note"]
    try:
        made = service.change(form.rules(), number=number, by=person(request), now=timezone.now(), note=note)
    except Refused as refused:
        form.add_error(None, str(refused.refusal.sentence))
        return _form(request, form, status=refused.refusal.status)
    messages.success(request, _("Version %(n)d of the rules holds from the next look on.") % {"n": made.number})
    return redirect("coaching:rules")


@require_POST
@requires(Permission.MANAGE_COACHING)
def try_rules(request: HttpRequest) -> HttpResponse:
    """Try the rules of the form on the last quarter, without setting them."""
    form = RulesForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=422)
    job = dry_runs.start(form.rules(), by=person(request), now=timezone.now())
    enqueue(continue_dry_run, job.pk)
    return redirect("coaching:dry_run", job.pk)


@require_GET
@requires(Permission.MANAGE_COACHING)
def dry_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a dry run is, and what it found."""
    return render_page(request, "coaching/dry_run.html", _context(_get(request, pk)))


@require_GET
@requires(Permission.MANAGE_COACHING)
def dry_run_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the progress again; the whole page once it is over."""
    job = _get(request, pk)
    response = render_page(request, "coaching/dry_run.html", {"job": job}, part="progress")
    if not job.is_open:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@requires(Permission.MANAGE_COACHING)
def cancel_dry_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a dry run."""
    dry_runs.cancel(_get(request, pk), by=person(request), now=timezone.now())
    return redirect("coaching:dry_run", pk)


def _get(request: HttpRequest, pk: int) -> Job:
    job = read.visible_to(person(request)).filter(pk=pk).first()
    if job is None:
        raise Http404
    return job


def _context(job: Job) -> dict[str, Any]:
    tried, held = from_json(job.params["rules"]), current()
    return {
        "job": job,
        "sentence": read.sentence(job),
        "tried": rule_words.sentences(tried),
        "rows": read.rows_of(job),
        "is_held": tried == held.rules,
        "form": RulesForm(initial=initial_of(tried, number=held.number)),
    }


def _form(request: HttpRequest, form: RulesForm, *, status: int = 200) -> HttpResponse:
    held = current()
    versions = list(RuleVersion.objects.select_related("made_by")[:SHOWN])
    context = {
        "form": form,
        "held": held,
        "sentences": rule_words.sentences(held.rules),
        "has_targets": bool(held.rules.targets),
        "versions": versions,
        "tries": read.visible_to(person(request))[:SHOWN],
    }
    return render_page(request, "coaching/rules.html", context, status=status)
