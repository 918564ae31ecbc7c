"""Open a page to those who look after the whole installation."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import policies
from accounts.access import person, requires
from accounts.roles import Permission
from core.refusals import refuse

View = Callable[..., Any]


def manages_people(view: View) -> View:
    """Send strangers to the log-in page, and refuse those who do not manage the people of every team."""
    return _guarded(view, Permission.MANAGE_PEOPLE, policies.why_not_manage_people)


def changes_settings(view: View) -> View:
    """Send strangers to the log-in page, and refuse those who do not look after the settings."""
    return _guarded(view, Permission.MANAGE_SETTINGS, policies.why_not_change_settings)


def _guarded(view: View, permission: Permission, why_not: Callable[[Any], Any]) -> View:
    @requires(permission)
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponse:
        refuse(why_not(person(request)))
        return view(request, *args, **kwargs)

    return guarded


def tabs(current: str) -> list[dict[str, Any]]:
    """Return the pages about people, for the row of tabs above each."""
    pages = (
        ("people", _("Log-ins")),
        ("agents", _("Agents")),
        ("teams", _("Teams")),
        ("roles", _("Roles")),
    )
    return [{"label": label, "url": reverse(f"accounts:{name}"), "current": name == current} for name, label in pages]
