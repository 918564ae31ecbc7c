"""Let the later of two writers know: a state has a tag, and a change names the tag it was made from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from rest_framework.request import Request

from core.refusals import Refusal, Refused

Handler = TypeVar("Handler", bound=Callable[..., Any])


def needs_match(handler: Handler) -> Handler:
    """Mark a method that wants If-Match, so that the schema says so."""
    handler.needs_match = True  # type: ignore[attr-defined]
    return handler


def may_match(handler: Handler) -> Handler:
    """Mark a method that takes If-Match when it is sent."""
    handler.may_match = True  # type: ignore[attr-defined]
    return handler


def needs_tag(handler: Handler) -> Handler:
    """Mark a method that wants If-Match with a tag made from the content rather than a number."""
    handler.needs_match = True  # type: ignore[attr-defined]
    handler.match_pattern = '^"[0-9a-f]{16}"$'  # type: ignore[attr-defined]
    return handler


def tag(number: int | str) -> str:
    """Return the tag of a numbered state, or of one that is named by its content."""
    return f'"{number}"'


def matched_tag(request: Request) -> str:
    """Return the tag of the state that a change was made from, without its quotes."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        sentence = _("Say which state you changed: send the ETag of your last read as If-Match.")
        raise Refused(Refusal("match_missing", 428, sentence))
    return given.removeprefix("W/").strip('"')


def matched_number(request: Request) -> int:
    """Return the number of the state that a change was made from."""
    number = matched_tag(request)
    if not (number.isascii() and number.isdecimal() and len(number) <= 9):
        raise Refused(Refusal("stale", 412, _("This is not the ETag of any state. Read it again.")))
    return int(number)


def told(refused: Refused, *, stale: str) -> Refused:
    """Give the refusal with the code of a stale change the status that HTTP has for it; leave the others."""
    refusal = refused.refusal
    if refusal.code != stale:
        return refused
    return Refused(Refusal(refusal.code, 412, refusal.sentence, refusal.details))
