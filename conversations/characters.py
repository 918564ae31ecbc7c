"""Make characters that hide, reorder or break text visible, one for one, so that offsets stay what they were."""

from __future__ import annotations

import re

SPACE_MARK = "\u2423"  # ␣
DIRECTION_MARK = "\u21c4"  # ⇄
LINE_MARK = "\u2424"  # ␤

_CONTROL = {code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A)}
_CONTROL |= {0x7F: "\u2421"} | dict.fromkeys(range(128, 160), "�")
# Embeddings, overrides and isolates turn the words around them. The marks U+200E, U+200F and U+061C and the joiners
# U+200C and U+200D stay as they are: Arabic, Hebrew, Persian and joined emoji need them, and each message is isolated.
_DIRECTION = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], DIRECTION_MARK)
_UNSEEN = dict.fromkeys(
    [0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0x206A,
     0x206B, 0x206C, 0x206D, 0x206E, 0x206F, 0x3164, 0xFEFF, 0xFFA0, 0xFFF9, 0xFFFA, 0xFFFB],
    SPACE_MARK,
)  # fmt: skip
_LINES = {0x2028: LINE_MARK, 0x2029: LINE_MARK}
_TABLE = _CONTROL | _DIRECTION | _UNSEEN | _LINES
# Tag characters carry hidden text, except in the flags of England, Scotland, Wales and the like.
_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]{1,12}\U000e007f)|[\U000e0000-\U000e007f]")


def visible(text: str) -> str:
    """Return text of the same number of code points in which nothing is hidden and nothing turns its surroundings."""
    if text.isascii() and text.isprintable():
        return text
    return _TAGS.sub(lambda match: match[1] or SPACE_MARK, text.translate(_TABLE))
