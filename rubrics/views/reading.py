"""Read rubrics: the list, one version, and its file."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts.access import person, requires
from accounts.roles import Permission
from core.http import render_page
from rubrics import pages, words
from rubrics.differences import changes
from rubrics.document import to_json, to_yaml
from rubrics.example import example
from rubrics.filters import RubricFilter
from rubrics.forms import PublishForm
from rubrics.models import Rubric, RubricVersion
from rubrics.policies import why_not_discard, why_not_manage, why_not_publish, why_not_retire
from rubrics.selectors import (
    Versions,
    card_for,
    document_for,
    missing_starters,
    rubrics_with_versions,
    skill_names,
    versions_of,
)

PER_PAGE = 25
CHOICE = "c."
FORMATS = {
    "yaml": (to_yaml, "application/yaml; charset=utf-8"),
    "json": (to_json, "application/json; charset=utf-8"),
}


@require_GET
@requires(Permission.READ_RUBRICS)
def list_rubrics(request: HttpRequest) -> HttpResponse:
    """List the rubrics with the version in use."""
    rubrics = rubrics_with_versions(Rubric.objects.visible_to(person(request)))
    filtered = RubricFilter(request.GET, queryset=rubrics, request=request)
    page = Paginator(filtered.qs, PER_PAGE).get_page(request.GET.get("page"))
    may_manage = why_not_manage(person(request)) is None
    context = {
        "filter": filtered,
        "page": page,
        "rows": [versions_of(rubric) for rubric in page],
        "may_manage": may_manage,
        "missing_starters": missing_starters() if may_manage else 0,
    }
    return render_page(request, "rubrics/list.html", context)


@require_GET
@requires(Permission.READ_RUBRICS)
def read_rubric(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a rubric by the version in use, or by its newest when nothing is in use."""
    versions = _versions(request, slug)
    return _show(request, versions, versions.shown)


@require_GET
@requires(Permission.READ_RUBRICS)
def read_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show one version of a rubric."""
    versions = _versions(request, slug)
    version = versions.numbered(number)
    if version is None:
        raise Http404
    return _show(request, versions, version)


@require_GET
@requires(Permission.READ_RUBRICS)
def export(request: HttpRequest, slug: str, number: int, file_format: str) -> HttpResponse:
    """Download one version as YAML or JSON."""
    versions = RubricVersion.objects.visible_to(person(request)).select_related("rubric")
    version = get_object_or_404(versions, rubric__slug=slug, number=number)
    write, content_type = FORMATS[file_format]
    response = HttpResponse(write(document_for(version)), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{slug}-v{number}.{file_format}"'
    return response


def _versions(request: HttpRequest, slug: str) -> Versions:
    rubrics = rubrics_with_versions(Rubric.objects.visible_to(person(request)))
    return versions_of(get_object_or_404(rubrics, slug=slug))


def _show(request: HttpRequest, versions: Versions, version: RubricVersion | None) -> HttpResponse:
    context: dict[str, Any] = {"rubric": versions.rubric, "version": version}
    if version is None:
        return render_page(request, "rubrics/rubric.html", context)
    chosen = {name.removeprefix(CHOICE): str(key) for name, key in request.GET.items() if name.startswith(CHOICE)}
    context["example"] = example(card_for(version), chosen or None)
    if getattr(request, "htmx", False):
        return render_page(request, "rubrics/rubric.html", context, part="worked-example")
    return render_page(request, "rubrics/rubric.html", context | _details(request, versions, version))


def _details(request: HttpRequest, versions: Versions, version: RubricVersion) -> dict[str, Any]:
    card = card_for(version)
    predecessor = versions.before(version)
    sections = pages.sections_of(card, skill_names())
    user = person(request)
    return {
        "versions": versions,
        "sections": sections,
        "criteria_count": sum(len(section.criteria) for section in sections),
        "settings": words.settings_of(card),
        "predecessor": predecessor,
        "changes": changes(card_for(predecessor), card) if predecessor else (),
        "may_manage": why_not_manage(user) is None,
        "may_publish": why_not_publish(user, version) is None,
        "may_discard": why_not_discard(user, version) is None,
        "may_retire": why_not_retire(user, version) is None,
        "publish_form": PublishForm(),
    }
