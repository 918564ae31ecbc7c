"""The time zones that this machine knows: looked up once, because each look reads a folder of six hundred files."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones


@cache
def names() -> tuple[str, ...]:
    """Return every name, in the order of the alphabet."""
    return tuple(sorted(available_timezones()))


@cache
def _known() -> frozenset[str]:
    return frozenset(names())


def is_known(name: str) -> bool:
    """Say whether a name can be used, such as Europe/Berlin."""
    return name in _known()
