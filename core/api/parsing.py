"""Read JSON strictly: what one of the databases could not store is refused here, with the place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import msgspec
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

NUL = "\0"


class StrictJSONParser(JSONParser):
    """Refuse NaN, lone surrogates, NUL characters and bottomless nesting, which other readers let through."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the decoded body; raises ParseError or RequestDataTooBig."""
        raw = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        try:
            found = msgspec.json.decode(raw)
            if _holds_nul(found):
                raise ParseError(_("The body holds a NUL character, which no text needs. Leave it out."))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ParseError(_("The body could not be read as JSON: %(error)s.") % {"error": error}) from error
        return found


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return NUL in value
    if isinstance(value, dict):
        return any(NUL in key or _holds_nul(part) for key, part in value.items())
    return any(_holds_nul(part) for part in value) if isinstance(value, list) else False
