"""{% rail %}: what stands beside every page; {% told_about %}: what a page of the lowest app tells of the others."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from qa_portal import notified
from qa_portal import rail as rails

register = template.Library()


@register.simple_tag(takes_context=True)
def rail(context: Context) -> SafeString:
    """Draw the rail of the person who asks; a page that nobody asked for has a stranger's.

    A page that belongs to another place than its address says names that place's address in `rail_at`.
    """
    request: Any = context.get("request")
    user = getattr(request, "user", None)
    path = context.get("rail_at") or (request.path if request is not None else "")
    return rails.drawn(user, path=path, theme=str(context.get("theme") or ""), token=str(context.get("csrf_token", "")))


@register.simple_tag(takes_context=True)
def told_about(context: Context, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Add to each notification what it is about: {% told_about rows as told %}."""
    said = notified.about(context["user"], [row.path for row, *_rest in rows])
    return [(*row, said.get(row[0].path, "")) for row in rows]
