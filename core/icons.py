"""Draw Lucide icons as inline SVG, so that no page waits for an icon file."""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

OUTER = re.compile(r"^<svg[^>]*>(.*)</svg>\s*$", re.DOTALL)
SPACE_BETWEEN_TAGS = re.compile(r">\s+<")


@lru_cache(maxsize=512)
def icon(name: str, *, label: str = "") -> SafeString:
    """Return the icon; decorative unless a label says what it means.

    Size, colour and stroke come from base.css (`.icon`). Raises lucide.IconDoesNotExist for an unknown name.
    """
    match = OUTER.match(lucide(str(name)))
    if match is None:
        raise ValueError(f"Lucide returned no SVG for {name!r}.")
    shapes = SPACE_BETWEEN_TAGS.sub("><", match.group(1).strip()).replace(" />", "/>")
    meaning = f'role="img" aria-label="{_attribute(label)}"' if label else 'aria-hidden="true"'
    svg = f'<svg class="icon" viewBox="0 0 24 24" width="16" height="16" {meaning}>{shapes}</svg>'
    return mark_safe(svg)  # noqa: S308 - the shapes come from the package, the label is escaped


def _attribute(text: str) -> str:
    return str(text).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
