"""Appearance, and the live catalogue of components."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.defaults import bad_request

from core import catalogue as catalogue_of
from core.http import page_before, refusal_response, render_page
from core.refusals import Refusal
from core.themes import THEME_COOKIE, THEMES

YEAR = timedelta(days=365)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or "as the device" on this device."""
    chosen = request.POST.get("theme", "")
    wants_no_page = request.headers.get("X-Requested-With") == "fetch"
    response = HttpResponse(status=204) if wants_no_page else redirect(page_before(request))
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE, chosen, max_age=YEAR, httponly=True, secure=request.is_secure(), samesite="Lax"
        )
    return response


@require_GET
@login_required
def catalogue(request: HttpRequest) -> HttpResponse:
    """Show every component with a word on when to use it."""
    return render_page(request, "ui.html", catalogue_of.context(request.GET))


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what was wrong with a form that is too large; anything else that makes no sense gets the page for that."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        sentence = _(
            "That is more than this form takes. Nothing was changed: shorten what you wrote, or send it in parts."
        )
        return refusal_response(request, Refusal("too_large", 413, sentence))
    return bad_request(request, exception)
