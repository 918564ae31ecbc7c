"""Answer every refusal of the API in one shape: a code for scripts, a sentence for people, and each mistake."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, UnreadablePostError
from django.utils.translation import gettext as _
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions

from core.busy import TRY_AGAIN_AFTER, why_busy
from core.refusals import Refusal, Refused

UNPROCESSABLE = 422
TOO_LARGE = 413


class RefusedInApi(exceptions.APIException):
    """Carry a refusal through the framework."""

    def __init__(self, refusal: Refusal, *, wait: int | None = None) -> None:
        super().__init__(detail=str(refusal.sentence), code=refusal.code)
        self.status_code = refusal.status
        self.wait = wait  # the seconds after which it may be sent again, as a header
        self.refusal = refusal


class ApiExceptionHandler(ExceptionHandler):
    """Turn refusals into answers; input that can be read but not accepted is 422, as on the pages."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        """Wrap what the services raise."""
        if isinstance(exc, Refused):
            return RefusedInApi(exc.refusal)
        if (busy := why_busy(exc)) is not None:
            return RefusedInApi(busy, wait=TRY_AGAIN_AFTER)
        if isinstance(exc, exceptions.ValidationError):
            exc.status_code = UNPROCESSABLE
        if isinstance(exc, Http404):
            return exceptions.NotFound(_("There is no such thing, or it is not within your reach."))
        if isinstance(exc, exceptions.NotAuthenticated):
            words = _("Nobody is logged in, and no token came with this. Send one as “Authorization: Bearer qap_…”.")
            # In place: the view has put the header that asks for a token on this very exception.
            exc.detail = exceptions.NotAuthenticated(words).detail
        if isinstance(exc, RequestDataTooBig):
            return RefusedInApi(Refusal("too_large", TOO_LARGE, _("The body is too large. Send it in parts.")))
        if isinstance(exc, SuspiciousOperation | UnreadablePostError):
            return exceptions.ParseError(_("The request could not be read."))
        found: Exception = super().convert_known_exceptions(exc)
        return found


class ApiExceptionFormatter(ExceptionFormatter):
    """Put a code and a sentence on top of the list of mistakes."""

    def format_error_response(self, error_response: Any) -> dict[str, Any]:
        """Return the body of the answer."""
        body: dict[str, Any] = super().format_error_response(error_response)
        for error in body["errors"]:
            error["code"] = error["code"] or "invalid"  # forms may leave it open, scripts rely on one
        first = body["errors"][0] if body["errors"] else {"code": "invalid", "detail": "", "attr": None}
        named = f"{first['attr']}: {first['detail']}" if first["attr"] else first["detail"]
        is_validation = isinstance(self.exc, exceptions.ValidationError)
        refusal = getattr(self.exc, "refusal", None)
        return {
            "type": body["type"],
            "code": "invalid" if is_validation else first["code"],
            "sentence": named,
            "errors": body["errors"],
            "details": refusal.details if refusal is not None else {},
        }
