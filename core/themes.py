"""Light, dark, or as the device: what the server writes into data-theme."""

from __future__ import annotations

from django.http import HttpRequest

THEME_COOKIE = "theme"
THEMES = ("system", "light", "dark")


def theme_of(request: HttpRequest) -> str:
    """Return "light" or "dark", or "" to follow the device. The choice on this device beats the one in the profile."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    if chosen not in THEMES:
        chosen = getattr(getattr(request, "user", None), "theme", "")
    return chosen if chosen in ("light", "dark") else ""
