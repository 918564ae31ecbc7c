"""Answer with a page or with one part of it. The server names the part, never the client."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
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
    response = render_page(request, "refused.html", {"refusal": refusal}, part=part, status=refusal.status)
    if part:
        # Said beside the page, never in place of the form somebody is working on.
        response["HX-Retarget"] = "#refusal"
        response["HX-Reswap"] = "innerHTML"
    return response


def wants_json(request: HttpRequest) -> bool:
    """Say whether the caller is a script that reads JSON."""
    return request.headers.get("Accept", "").startswith("application/json")


def page_before(request: HttpRequest) -> str:
    """Return the address of the page that a form was on, when it is one of ours."""
    page = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return urlsplit(page)._replace(scheme="", netloc="").geturl() or "/" if is_ours and page else "/"
