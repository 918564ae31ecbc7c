"""Two letters and a hue for a name: what an avatar shows."""

from __future__ import annotations

from zlib import crc32

HUES = 5


def initials(name: str) -> str:
    """Return up to two letters: of the first and of the last word."""
    words = [word for word in str(name or "").split() if word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


def hue(name: str) -> int:
    """Return 1–5, always the same for the same name. The hue helps the eye and means nothing."""
    return crc32(str(name or "").encode()) % HUES + 1
