"""Give each request an id, and turn a refusal into its page, its part or its JSON."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.busy import TRY_AGAIN_AFTER, why_busy
from core.http import refusal_response
from core.refusals import Refusal, Refused
from core.request_ids import set_request_id
from core.uploading import why_not_received

GetResponse = Callable[[HttpRequest], HttpResponse]
logger = logging.getLogger(__name__)
SAFE_ID = re.compile(r"^[A-Za-z0-9-]{8,40}$")


class RequestIdMiddleware:
    """Take the proxy's request id when it is harmless, else make one; answer with it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if SAFE_ID.match(given) else uuid.uuid4().hex
        set_request_id(request_id)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


# What no page of ours uses, so that nothing that slips into one could; passkeys are ours alone.
PERMISSIONS_POLICY = ", ".join(
    (
        *(f"{name}=()" for name in ("camera", "microphone", "geolocation", "payment", "usb", "serial")),
        *(f"{name}=()" for name in ("accelerometer", "gyroscope", "magnetometer", "midi", "display-capture")),
        *(f"publickey-credentials-{name}=(self)" for name in ("get", "create")),
    )
)


class PermissionsPolicyMiddleware:
    """Tell browsers which of their abilities no page here uses."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class RefusalMiddleware:
    """Answer a Refused that no view caught, a busy database, a form too large for the disk, and a wrong method."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.content or request.method == "HEAD":
            return response
        sentence = _("This address takes nothing that is sent to it.")
        if request.method == "GET":
            sentence = _("This address only takes what a form sends.")
        said = refusal_response(request, Refusal("wrong_method", 405, sentence))
        said["Allow"] = response["Allow"]
        return said

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Refuse before the view takes the file for one that nobody chose."""
        refusal = why_not_received(request)
        return refusal_response(request, refusal) if refusal is not None else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a refusal, and a lock that was not to be had, into an answer; let everything else pass."""
        if isinstance(exception, Refused):
            return refusal_response(request, exception.refusal)
        if (busy := why_busy(exception)) is None:
            return None
        logger.warning("The database was busy: %s", exception)
        said = refusal_response(request, busy)
        said["Retry-After"] = str(TRY_AGAIN_AFTER)
        return said
