"""Words that the pages of conversations need in templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from conversations.characters import visible as make_visible
from conversations.durations import clock
from conversations.listing import Row, row_words
from conversations.search.excerpts import Excerpt
from conversations.transcripts import MessageRow
from core.stamps import Stamp, mark

register = template.Library()


@register.filter
def duration(seconds: int | None) -> str:
    """Write seconds as 4:10, 1 h 02 or 2 d 5 h; a dash when they are not known."""
    return "–" if seconds is None else clock(seconds)


@register.filter
def at(found: Mapping[Any, Any], key: Any) -> Any:
    """Return what was found for a row; nothing where nothing was."""
    return found.get(key)


@register.simple_tag
def message(
    row: MessageRow, *, pins: bool = False, pin_lines: Sequence[Any] = (), comments: Sequence[Any] = ()
) -> SafeString:
    """Draw one message of a transcript: {% message row pins=True %}. A long conversation has hundreds of them."""
    if row.attachments or row.safe_html or row.hits or pin_lines or comments:
        beside = {"pins": pins, "pin_lines": pin_lines, "comments": comments}
        return mark_safe(get_template(MESSAGE).render({"row": row, "words": row.words, **beside}))  # noqa: S308
    words = row.words
    said = tuple(name for name in OPTIONAL if words[name])
    return PLAIN.row((row.speaker, row.speaker_word, row.is_folded, row.is_empty, pins, said), words)


def _prototype(
    speaker: str, speaker_word: str, is_folded: bool, is_empty: bool, pins: bool, said: tuple[str, ...]
) -> dict[str, Any]:
    """Return what the template sees of a message of one shape, with marks for its words."""
    row = {"speaker": speaker, "speaker_word": speaker_word, "is_folded": is_folded, "is_empty": is_empty}
    words = {name: mark(name) for name in ("index", "when", "time", "fold", "text", *said)}
    return {"row": row, "words": words, "pins": pins}


@register.simple_tag
def conversation_rows(rows: Sequence[Row], *, excerpts: Mapping[int, Excerpt], searched: str = "") -> SafeString:
    """Draw the conversations of a list: {% conversation_rows rows excerpts=excerpts %}."""
    return mark_safe("".join(drawn_row(row, excerpt=excerpts.get(row.pk), searched=searched) for row in rows))  # noqa: S308  each is safe


def drawn_row(row: Row, *, excerpt: Excerpt | None = None, searched: str = "") -> SafeString:
    """Draw one conversation of a list."""
    if excerpt is None:
        return _row_without_excerpt(row, searched, timezone.get_current_timezone(), get_language())
    return _row(row, excerpt, searched)


@lru_cache(maxsize=2000)
def _row_without_excerpt(row: Row, searched: str, zone: tzinfo, language: str | None) -> SafeString:
    """Remember rows by all that they show: a list is looked at again and again, and little of it changes."""
    return _row(row, None, searched)


def _row(row: Row, excerpt: Excerpt | None, searched: str) -> SafeString:
    words = row_words(row, excerpt=excerpt, searched=searched)
    return ROW.row((tuple(name for name in OPTIONAL_IN_ROW if words[name]),), words)


def _row_prototype(said: tuple[str, ...]) -> dict[str, Any]:
    return {"words": {name: mark(name) for name in (*ALWAYS_IN_ROW, *said)}}


ALWAYS_IN_ROW = ("url", "title", "channel", "number", "speaker", "team", "when", "zone", "messages", "wait", "csat")
OPTIONAL_IN_ROW = ("excerpt", "agent", "moment")
ROW = Stamp("conversations/_row.html", prototype=_row_prototype)
MESSAGE = "conversations/_message.html"
OPTIONAL = (
    "day",
    "gap",
    "moment",
    "since",
    "name",
    "wait",
    "beside",
    "repeated",
)  # what a message may have or not have to say
PLAIN = Stamp(MESSAGE, prototype=_prototype)


@register.filter
def visible(text: str | None) -> str:
    """Show unseen and turning characters as signs."""
    return make_visible(text or "")
