"""The filters of what a former supervisor still reads."""

from __future__ import annotations

from typing import Any

import django_filters
from django.forms import HiddenInput
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.access import ended_as_supervisor, person
from accounts.models import Agent, RoleGrant
from coaching.selectors import earlier
from core.filtersets import FilterSet


def grant_in(request: HttpRequest | None) -> RoleGrant | None:
    """Return the ended grant that the address names, when it is one of the person who asks."""
    if request is None or request.resolver_match is None:
        return None
    named = str(request.resolver_match.kwargs.get("pk", ""))
    return next((one for one in ended_as_supervisor(person(request)) if str(one.pk) == named), None)


def agents(request: HttpRequest | None) -> Any:
    """Offer the agents of whom something was completed within the grant."""
    grant = grant_in(request)
    return earlier.agents(grant) if grant else Agent.objects.none()


class EarlierFilter(FilterSet):
    """Filter by agent. `show` is the tab of the page, which the view reads."""

    show = django_filters.CharFilter(method="any_tab", widget=HiddenInput, label="Tab")
    agent = django_filters.ModelChoiceFilter(queryset=agents, method="of_agent", label=_("Agent"))

    def any_tab(self, rows: Any, name: str, value: str) -> Any:
        """Leave the rows as they are."""
        return rows

    def of_agent(self, rows: Any, name: str, value: Agent) -> Any:
        """Keep what is about one agent: sessions and remarks are about the agent of their plan."""
        has_own = any(field.name == "agent" for field in rows.model._meta.fields)
        return rows.filter(**{"agent" if has_own else "plan__agent": value})
