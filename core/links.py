"""Addresses of things by their number, for long lists: a pattern is looked up once, not for each row."""

from __future__ import annotations

from functools import lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse

PLACE = 2**62 + 1  # a number that no other part of an address holds


def to(name: str, pk: int) -> str:
    """Return the address of the page of that name which takes one number."""
    before, after = _around(name, get_urlconf(), get_script_prefix())
    return f"{before}{pk}{after}"


@lru_cache(maxsize=200)
def _around(name: str, urlconf: str | None, _prefix: str) -> tuple[str, str]:
    before, _number, after = reverse(name, urlconf, args=[PLACE]).partition(str(PLACE))
    return before, after
