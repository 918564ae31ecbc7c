"""Show a message's plain text with some of its ranges marked."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from conversations.characters import visible


def marked(text: str, ranges: Iterable[tuple[int, int]]) -> SafeString:
    """Return escaped text with the ranges (start, end in code points) in <mark>; overlapping ranges become one."""
    pieces: list[str] = []
    done = 0
    for start, end in _joined(ranges, len(text)):
        pieces.append(conditional_escape(visible(text[done:start])))
        pieces.append(format_html("<mark>{}</mark>", visible(text[start:end])))
        done = end
    pieces.append(conditional_escape(visible(text[done:])))
    return mark_safe("".join(pieces))  # noqa: S308  every piece is escaped above


def _joined(ranges: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Return the ranges cut to the text, in order, without overlap."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted((max(0, start), min(end, length)) for start, end in ranges):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
