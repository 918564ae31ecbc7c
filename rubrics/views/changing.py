"""Change rubrics: import, publish, retire, discard, and install the starters."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import person, requires
from accounts.roles import Permission
from core.http import render_page
from core.refusals import Refusal, Refused
from rubrics.document.reading import LARGEST
from rubrics.forms import ImportForm, PublishForm
from rubrics.models import RubricVersion
from rubrics.services import importing, publishing, starters

MOST_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_RUBRICS)
def import_rubric(request: HttpRequest) -> HttpResponse:
    """Take a rubric as a file or text; with mistakes the page comes back and names them all."""
    if request.method != "POST":
        return _import_page(request, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _import_page(request, form, status=422)
    source = form.source()
    try:
        version = importing.import_text(
            source,
            by=person(request),
            now=timezone.now(),
            replace_draft=form.cleaned_data["replace_draft"],
        )
    except Refused as refused:
        return _import_page(
            request, _with_text(request, source), refusal=refused.refusal, status=refused.refusal.status
        )
    names = {"rubric": version.rubric.name, "number": version.number}
    messages.success(request, _("“%(rubric)s” was imported as a draft of version %(number)s.") % names)
    return _to(version)


@require_POST
@requires(Permission.MANAGE_RUBRICS)
def publish(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Make a draft the version in use."""
    version = _version(request, slug, number)
    form = PublishForm(request.POST)
    if not form.is_valid():
        raise Refused(Refusal("unreadable_note", 422, " ".join(map(str, form.errors["note"]))))
    publishing.publish(version, by=person(request), now=timezone.now(), note=form.cleaned_data["note"])
    messages.success(request, _("Version %(number)s is in use from now on.") % {"number": number})
    return _to(version)


@require_POST
@requires(Permission.MANAGE_RUBRICS)
def retire(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take a published version out of use."""
    version = _version(request, slug, number)
    publishing.retire(version, by=person(request), now=timezone.now())
    messages.success(request, _("Version %(number)s is retired. Reviews made with it keep it.") % {"number": number})
    return _to(version)


@require_POST
@requires(Permission.MANAGE_RUBRICS)
def discard(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Throw a draft away."""
    version = _version(request, slug, number)
    publishing.discard(version, by=person(request), now=timezone.now())
    messages.success(request, _("The draft of version %(number)s was discarded.") % {"number": number})
    return redirect("rubrics:detail", slug=slug)


@require_POST
@requires(Permission.MANAGE_RUBRICS)
def install_starters(request: HttpRequest) -> HttpResponse:
    """Publish the starter rubrics that are missing."""
    installed = starters.install(by=person(request), now=timezone.now())
    count = len(installed)
    sentence = ngettext("%(count)s rubric was installed.", "%(count)s rubrics were installed.", count)
    messages.success(request, sentence % {"count": count})
    return redirect("rubrics:list")


def _version(request: HttpRequest, slug: str, number: int) -> RubricVersion:
    versions = RubricVersion.objects.visible_to(person(request)).select_related("rubric")
    return get_object_or_404(versions, rubric__slug=slug, number=number)


def _to(version: RubricVersion) -> HttpResponse:
    return redirect("rubrics:version", slug=version.rubric.slug, number=version.number)


def _with_text(request: HttpRequest, source: str | bytes) -> ImportForm:
    """Put an uploaded file into the text field, so that its mistakes can be corrected on the spot."""
    data = request.POST.copy()
    if isinstance(source, bytes) and len(source) <= LARGEST:
        data["text"] = source.decode("utf-8", errors="replace")
    return ImportForm(data)


def _import_page(
    request: HttpRequest, form: ImportForm, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    problems = refusal.details.get("problems", []) if refusal else []
    status = refusal.status if refusal else status
    context = {
        "form": form,
        "refusal": refusal,
        "problems": problems[:MOST_SHOWN],
        "more_problems": max(0, len(problems) - MOST_SHOWN),
    }
    return render_page(request, "rubrics/import.html", context, status=status)
