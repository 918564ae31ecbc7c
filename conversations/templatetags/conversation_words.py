"""Words that the pages of conversations need in templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from conversations.characters import visible as make_visible
from conversations.durations import clock

register = template.Library()


@register.filter
def duration(seconds: int | None) -> str:
    """Write seconds as 4:10, 1:02:03 or 2 d 5 h; a dash when they are not known."""
    return "–" if seconds is None else clock(seconds)


@register.filter
def at(found: Mapping[Any, Any], key: Any) -> Any:
    """Return what was found for a row; nothing where nothing was."""
    return found.get(key)


@register.filter
def visible(text: str | None) -> str:
    """Show unseen and turning characters as signs."""
    return make_visible(text or "")
