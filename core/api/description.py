"""The schema as it is served: the same for everybody until the next release, so it is drawn up once a process."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator


class DrawnUpOnce(SchemaGenerator):
    """Answer with the whole schema, whoever asks: to draw it up takes seconds of processor time."""

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        """Return the whole public schema."""
        return whole()


@cache
def whole() -> dict[str, Any]:
    """Draw up the schema of every address of the API."""
    drawn_up: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return drawn_up
