"""Describe the API completely: every resource names each status it may answer with."""

from __future__ import annotations

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from core.api.headers import IDEMPOTENCY_KEY, IDEMPOTENCY_PATTERN


class MistakeSerializer(serializers.Serializer[Any]):
    """One mistake in what was sent."""

    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True, help_text="The field, or null when it is about the whole.")


class ProblemSerializer(serializers.Serializer[Any]):
    """Why something was not done."""

    type = serializers.ChoiceField(choices=["validation_error", "client_error", "server_error"])
    code = serializers.CharField(help_text="For scripts: it stays when the words change.")
    sentence = serializers.CharField(help_text="For people.")
    errors = MistakeSerializer(many=True)  # type: ignore[assignment]  # a field, as drf-standardized-errors names it
    details = serializers.DictField(help_text="More about this refusal, such as the list of what is missing.")


class ApiSchema(AutoSchema):
    """Add the headers and refusals that every operation shares."""

    def get_override_parameters(self) -> list[Any]:
        """Name the headers that a method reads."""
        found = list(super().get_override_parameters())
        handler = self._handler()
        if getattr(handler, "is_idempotent", False):
            words = "Repeat a request safely: the same key gets the same answer for 24 hours."
            schema = {"type": "string", "pattern": IDEMPOTENCY_PATTERN}
            found.append(OpenApiParameter(IDEMPOTENCY_KEY, schema, OpenApiParameter.HEADER, description=words))
        needs_match = getattr(handler, "needs_match", False)
        if needs_match or getattr(handler, "may_match", False):
            words = "The ETag of the state that was changed."
            schema = {"type": "string", "pattern": getattr(handler, "match_pattern", '^"[0-9]{1,9}"$')}
            found.append(
                OpenApiParameter("If-Match", schema, OpenApiParameter.HEADER, description=words, required=needs_match)
            )
        return found

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        found: dict[str, Any] = super()._get_response_bodies(direction)
        for status in self._problems():
            found.setdefault(status, self._get_response_for_code(ProblemSerializer, status))
        return found

    def _problems(self) -> list[str]:
        statuses = {"401", "403", "422"}
        if self.method in {"POST", "PUT", "PATCH"}:
            statuses |= {"400", "409", "413", "415"}
        if self.method != "GET":
            statuses.add("503")  # others are at the same rows, or there is no room for a file
        if "{" in self.path or self._is_list_view():
            statuses.add("404")
        if getattr(self._handler(), "needs_match", False):
            statuses |= {"412", "428"}
        if getattr(self._handler(), "may_match", False):
            statuses |= {"412", "428"}  # 428: the header came, and was empty
        return sorted(statuses)

    def _handler(self) -> Any:
        return getattr(self.view, getattr(self.view, "action", None) or self.method.lower(), None)
