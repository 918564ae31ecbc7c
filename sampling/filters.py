"""The filters of plans and of what was drawn: the same names in the address of a page and in the API."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from core.filtersets import FilterSet, KeyFilter, search_input
from sampling.models import Pick, Plan


class PlanFilter(FilterSet):
    """Filter plans by name and status."""

    q = django_filters.CharFilter(
        field_name="name",
        lookup_expr="icontains",
        max_length=120,
        label=_("Name"),
        widget=search_input(_("Search a plan")),
    )
    status = django_filters.ChoiceFilter(choices=Plan.Status.choices, label=_("Status"))

    class Meta:
        model = Plan
        fields: list[str] = []


class DrawnFilter(FilterSet):
    """Find an agent, a class or a conversation in a draw of thousands; one form for both lists of a draw's page."""

    also: ClassVar[frozenset[str]] = frozenset({"page", "picks"})
    words: ClassVar[tuple[str, ...]] = ("agent__name", "stratum")

    q = django_filters.CharFilter(
        method="by_words",
        max_length=200,
        label=_("Agent, class or conversation"),
        widget=search_input(_("Search an agent, class or conversation")),
    )
    team = django_filters.ModelChoiceFilter(queryset=Team.objects.all(), label=_("Team"))

    def by_words(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep what holds the words in any of the places where they may stand."""
        found = Q()
        for place in self.words:
            found |= Q(**{f"{place}__icontains": value})
        return queryset.filter(found)


class PicksShown(DrawnFilter):
    """The same of the picks."""

    words = ("agent__name", "stratum__stratum", "conversation__external_id")


class StratumFilter(DrawnFilter):
    """Filter the frame of a draw by words, agent, team and class."""

    agent = KeyFilter(label=_("Agent"))
    team = KeyFilter(label=_("Team"))
    stratum = django_filters.CharFilter(max_length=200, label=_("Class"))


class PickFilter(PicksShown):
    """Filter the picks of a draw by words, agent, team, pool and whether they were dropped."""

    agent = KeyFilter(label=_("Agent"))
    team = KeyFilter(label=_("Team"))
    pool = django_filters.ChoiceFilter(choices=Pick.Pool.choices, label=_("Pool"))
    dropped = django_filters.BooleanFilter(method="by_dropped", label=_("Dropped"))

    def by_dropped(self, queryset: Any, name: str, value: bool) -> Any:
        """Keep what was taken out of the draw, or what stands."""
        standing = {"dropped": Pick.Dropped.NO}
        return queryset.exclude(**standing) if value else queryset.filter(**standing)
