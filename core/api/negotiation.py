"""Choose how to answer."""

from __future__ import annotations

from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request


class AlwaysJSON(DefaultContentNegotiation):
    """Answer in JSON whatever a caller says it accepts: there is nothing else to choose."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """Choose the only renderer."""
        return renderers[0], renderers[0].media_type
