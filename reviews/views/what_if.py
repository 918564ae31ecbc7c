"""What-if: replay stored answers under a version before it is published, and look at who would move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person, requires
from accounts.models import Agent
from accounts.roles import Permission
from core.http import render_page
from core.queueing import enqueue
from core.refusals import Refusal, Refused
from core.spreadsheets import Table, csv_lines
from reviews import what_if_words
from reviews.forms import WhatIfForm
from reviews.models import Flip, WhatIf
from reviews.selectors.what_if import flips_for, in_progress
from reviews.services import what_if as service
from reviews.tasks import continue_what_if
from rubrics.models import RubricVersion
from rubrics.selectors import card_for, fingerprint_of

PAGE = 25
MOST_SHOWN = 8
MOST_ON_PAGE = 100  # people on the page of its own
FLIPS = Table(
    ("review", "conversation", "agent", "score_before", "score_after", "outcome_before", "outcome_after"),
)


@require_GET
@requires(Permission.MANAGE_RUBRICS)
def of_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show the newest what-if of a version: a page, or the part that the editor asks for."""
    version = _version(request, slug, number)
    newest = WhatIf.objects.visible_to(person(request)).filter(rubric=version.rubric, version_number=number)
    found = newest.select_related("job", "rubric").first()
    context = {
        "version": version,
        "rubric": version.rubric,
        "form": WhatIfForm(),
        "in_progress": in_progress(version.rubric),
        **(_shown(request, found, version) if found else {}),
    }
    part = "pane" if getattr(request, "htmx", False) else None
    return render_page(request, "reviews/what_if_of.html", context, part=part)


@require_POST
@requires(Permission.MANAGE_RUBRICS)
def start(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Replay all stored answers, or those of some days, under a version as it is now."""
    version = _version(request, slug, number)
    form = WhatIfForm(request.POST)
    if not form.is_valid():
        sentences = [str(error) for errors in form.errors.values() for error in errors]
        raise Refused(Refusal("unreadable_days", 422, " ".join(sentences)))
    made = service.start(version, by=person(request), now=timezone.now(), **form.cleaned_data)
    enqueue(continue_what_if, made.job_id)
    if getattr(request, "htmx", False):
        return redirect(reverse("reviews:what_if_of", args=[slug, number]))
    return redirect("reviews:what_if", made.pk)


@require_GET
@requires(Permission.MANAGE_RUBRICS)
def what_if(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one what-if: how far it is, or what came of it with every review that flips."""
    found = _get(request, pk)
    version = RubricVersion.objects.filter(rubric=found.rubric, number=found.version_number).first()
    context = _shown(request, found, version, most=MOST_ON_PAGE) | {"rubric": found.rubric, "version": version}
    context["page"] = Paginator(flips_for(found, person(request)), PAGE).get_page(request.GET.get("page"))
    if getattr(request, "htmx", False):
        return render_page(request, "reviews/what_if.html", context, part="progress")
    return render_page(request, "reviews/what_if.html", context)


@require_GET
@requires(Permission.MANAGE_RUBRICS)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with the part of the page that moves; once the replay has ended, with the whole page anew."""
    found = _get(request, pk)
    response = render_page(request, "reviews/what_if.html", {"found": found, "job": found.job}, part="progress")
    if not found.job.is_open:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@requires(Permission.MANAGE_RUBRICS)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a replay."""
    found = _get(request, pk)
    service.cancel(found, by=person(request), now=timezone.now())
    return redirect("reviews:what_if", pk)


@require_GET
@requires(Permission.MANAGE_RUBRICS)
def flips(request: HttpRequest, pk: int) -> HttpResponse:
    """Download the reviews that flip, as a table."""
    found = _get(request, pk)
    rows = flips_for(found, person(request))
    headers = {"Content-Disposition": f'attachment; filename="flips-{pk}.csv"'}
    response = StreamingHttpResponse(csv_lines(FLIPS, _cells(rows)), content_type="text/csv", headers=headers)
    return cast("HttpResponse", response)


def _cells(rows: Any) -> Iterator[tuple[Any, ...]]:
    flip: Flip
    for flip in rows.iterator(chunk_size=500):
        review = flip.review
        yield (
            review.pk, review.conversation.external_id, review.agent.name, flip.score_before, flip.score_after,
            flip.outcome_before, flip.outcome_after,
        )  # fmt: skip


def _shown(
    request: HttpRequest, found: WhatIf, version: RubricVersion | None, *, most: int = MOST_SHOWN
) -> dict[str, Any]:
    """Return what every view of one what-if shows."""
    result = found.job.result
    context: dict[str, Any] = {"found": found, "job": found.job, "result": result or None}
    is_same = version is not None and fingerprint_of(card_for(version)) == found.fingerprint
    context["is_outdated"] = not is_same
    if result:
        context |= {
            "sentence": what_if_words.sentence(result),
            "figures": what_if_words.figures(result),
            "caution": what_if_words.caution(result),
            "population": what_if_words.population(result),
            "movers": _movers(result, most),
            "more_movers": max(0, len(what_if_words.movers(result)) - most),
            "first_flips": flips_for(found, person(request))[:MOST_SHOWN],
        }
    return context


def _movers(result: dict[str, Any], most: int) -> list[dict[str, Any]]:
    """Return the agents who would move most, with their names and a bar as long as the move."""
    rows = what_if_words.movers(result)[:most]
    names = dict(Agent.objects.filter(pk__in=[row["agent"] for row in rows]).values_list("pk", "name"))
    longest = max((abs(row["difference"]) for row in rows), default=1)
    return [
        {
            **row,
            "name": names.get(row["agent"], _("Somebody")),
            "x": f"{50 if row['difference'] > 0 else 50 - 50 * abs(row['difference']) / longest:.1f}%",
            "width": f"{50 * abs(row['difference']) / longest:.1f}%",
        }
        for row in rows
    ]


def _version(request: HttpRequest, slug: str, number: int) -> RubricVersion:
    versions = RubricVersion.objects.visible_to(person(request)).select_related("rubric")
    return get_object_or_404(versions, rubric__slug=slug, number=number)


def _get(request: HttpRequest, pk: int) -> WhatIf:
    rows = WhatIf.objects.visible_to(person(request)).select_related("job", "rubric")
    found: WhatIf = get_object_or_404(rows, pk=pk)
    return found
