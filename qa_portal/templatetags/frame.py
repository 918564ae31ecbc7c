"""{% rail %}: what stands beside every page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

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
