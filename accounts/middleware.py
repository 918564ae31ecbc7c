"""Serve each person in their own time zone, and lead those who need a second factor to setting one up."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts import second_factor
from core.http import refusal_response
from core.refusals import Refusal

GetResponse = Callable[[HttpRequest], HttpResponse]

SET_UP = "mfa_index"
# What somebody reaches who has to set a second factor up first: the setting up, and the way out.
OPEN_WITHOUT_FACTOR = frozenset(
    {
        SET_UP, "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn", "mfa_edit_webauthn",
        "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
        "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_reauthenticate", "account_logout",
        "core:theme", "core:alive", "core:ready", "metrics",
    }
)  # fmt: skip


class PersonMiddleware:
    """Activate the time zone a person has chosen, and let the request name the person itself.

    What stands for somebody who may never be asked for costs as much as the rest of a permission, each time anew.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = getattr(request.user, "time_zone", "") or "UTC"
        if isinstance(request.user, SimpleLazyObject):
            request.user = request.user._wrapped
        try:
            zone = zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            zone = zoneinfo.ZoneInfo("UTC")
        with timezone.override(zone):
            return self.get_response(request)


class SecondFactorMiddleware:
    """Hold people at the page where a second factor is set up while the workspace asks for one and they have none.

    API tokens are not held: a script has no second factor, and its token was made by somebody who was signed in.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Return the way to the set-up, or nothing where there is no reason to."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name.startswith("mfa_") and second_factor.is_off(request.user):
            sentence = _("Two-factor sign-in is switched off in this workspace. An admin can switch it on.")
            return refusal_response(request, Refusal("second_factor_off", 409, sentence))
        if not request.user.is_authenticated or name in OPEN_WITHOUT_FACTOR - {SET_UP}:
            return None
        request.factor_is_missing = second_factor.is_missing(request.user)  # type: ignore[attr-defined]
        if name == SET_UP or not request.factor_is_missing:  # type: ignore[attr-defined]
            return None
        return _to_set_up(request)


def _to_set_up(request: HttpRequest) -> HttpResponse:
    sentence = _("This workspace asks you for a second factor. Set one up first; it takes a minute.")
    if request.path.startswith("/api/"):
        body = {
            "type": "client_error",
            "code": "second_factor_needed",
            "sentence": sentence,
            "errors": [{"code": "second_factor_needed", "detail": sentence, "attr": None}],
            "details": {},
        }
        return JsonResponse(body, status=403)
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": resolve_url(SET_UP)})
    return redirect(SET_UP)
