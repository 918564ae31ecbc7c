"""Answer with a page or with one part of it. The server names the part, never the client."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from core.refusals import Refusal


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    part: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the whole template, or the partial named `part` inside it."""
    name = f"{template}#{part}" if part else template
    return render(request, name, context, status=status)


def refusal_response(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer with the refusal: JSON where JSON was asked for, a part for htmx, else a page."""
    if wants_json(request):
        body = {"code": refusal.code, "sentence": str(refusal.sentence), **refusal.details}
        return JsonResponse(body, status=refusal.status)
    part = "refusal" if getattr(request, "htmx", False) else None
    context = {"refusal": refusal, "written": [] if part else written(request)}
    response = render_page(request, "refused.html", context, part=part, status=refusal.status)
    if part:
        # Said beside the page, never in place of the form somebody is working on.
        response["HX-Retarget"] = "#refusal"
        response["HX-Reswap"] = "innerHTML"
    return response


def written(request: HttpRequest) -> list[str]:
    """Return what somebody wrote into a form, in several words: a page that takes its place shows it to be copied."""
    if request.method != "POST":
        return []
    with suppress(SuspiciousOperation, UnreadablePostError):  # too large to be read: nothing can be shown of it
        fields = [(name, text.strip()) for name, texts in request.POST.lists() for text in texts]
        # What scripts of ours packed for the server is nobody's words.
        return [text for name, text in fields if len(text.split()) > 1 and text[0] != "{" and "password" not in name]
    return []


def wants_json(request: HttpRequest) -> bool:
    """Say whether the caller is a script that reads JSON."""
    return request.headers.get("Accept", "").startswith("application/json")


def page_before(request: HttpRequest) -> str:
    """Return the address of the page that a form was on, when it is one of ours."""
    page = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return urlsplit(page)._replace(scheme="", netloc="").geturl() or "/" if is_ours and page else "/"
