"""Draw Lucide icons as inline SVG, so that no page waits for an icon file."""

from __future__ import annotations

import io
import re
from functools import cache, lru_cache
from importlib import resources
from zipfile import ZipFile

from django.utils.safestring import SafeString, mark_safe
from lucide import IconDoesNotExist

OUTER = re.compile(r"^<svg[^>]*>(.*)</svg>\s*$", re.DOTALL)
SPACE_BETWEEN_TAGS = re.compile(r">\s+<")


@lru_cache(maxsize=512)
def icon(name: str, *, label: str = "") -> SafeString:
    """Return the icon; decorative unless a label says what it means.

    Size, colour and stroke come from base.css (`.icon`). Raises lucide.IconDoesNotExist for an unknown name.
    """
    try:
        drawing = _drawings().read(f"{name}.svg").decode()
    except KeyError:
        raise IconDoesNotExist(f"The icon {name!r} does not exist.") from None
    match = OUTER.match(drawing)
    if match is None:
        raise ValueError(f"Lucide returned no SVG for {name!r}.")
    shapes = SPACE_BETWEEN_TAGS.sub("><", match.group(1).strip()).replace(" />", "/>")
    meaning = f'role="img" aria-label="{_attribute(label)}"' if label else 'aria-hidden="true"'
    svg = f'<svg class="icon" viewBox="0 0 24 24" width="16" height="16" {meaning}>{shapes}</svg>'
    return mark_safe(svg)  # noqa: S308 - the shapes come from the package, the label is escaped


@cache
def _drawings() -> ZipFile:
    """Open the package's archive once: its own tag reads the list of 1,700 names again for each icon."""
    return ZipFile(io.BytesIO(resources.files("lucide").joinpath("lucide.zip").read_bytes()))


def _attribute(text: str) -> str:
    return str(text).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
