"""Make the pictures of the documentation small: a page has few colours, so a palette is enough."""

from __future__ import annotations

import io
from pathlib import Path

COLOURS = 128


def save(screenshot: bytes, path: Path) -> None:
    """Write a screenshot as a PNG with a palette of its commonest colours, which stay exactly as they are."""
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    whole = Image.open(io.BytesIO(screenshot)).convert("RGB")
    counted = whole.getcolors(maxcolors=whole.width * whole.height) or []
    commonest = [colour for _count, colour in sorted(counted, reverse=True)[:COLOURS]]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in commonest for part in colour])  # type: ignore[union-attr]
    whole.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)
