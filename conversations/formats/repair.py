"""Replace what no database takes: NUL characters and halves of surrogate pairs become U+FFFD."""

from __future__ import annotations

import re

# Every escape of a JSON text is matched, so that an escaped backslash before "u0000" is not mistaken for a NUL.
_ESCAPE = re.compile(
    rb"""\\(?:
        (?P<pair>u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})
      | (?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})
      | (?P<nul>u0000)
      | (?P<other>.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_REPLACEMENT = rb"\ufffd"
_REPLACEMENT_UTF8 = "\N{REPLACEMENT CHARACTER}".encode()


def may_need_repair(data: bytes) -> bool:
    """Say whether a line may hold a NUL: two cheap searches, done for every line."""
    return b"\\u0000" in data or b"\x00" in data


def repaired(data: bytes) -> bytes:
    """Return the JSON text with every NUL and every lone surrogate replaced; equal when there is none."""
    return _ESCAPE.sub(_replace, data).replace(b"\x00", _REPLACEMENT_UTF8)


def _replace(match: re.Match[bytes]) -> bytes:
    return _REPLACEMENT if match.lastgroup in {"half", "nul"} else match.group()
