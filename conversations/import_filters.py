"""The filters of imports and of what they rejected; the same names in the page's address and in the API."""

from __future__ import annotations

from typing import Any

import django_filters
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.access import person
from conversations.models import ImportRun, Source
from core.filtersets import FilterSet, FromDay, KeyFilter, ToDay, search_input


class ImportFilter(FilterSet):
    """Filter imports by source, by where they stand and by day."""

    source = django_filters.CharFilter(field_name="source__slug", max_length=80, label=_("Source"))
    status = django_filters.ChoiceFilter(choices=ImportRun.Status.choices, label=_("State"))
    since = FromDay("started_at")
    until = ToDay("started_at")


def sources(request: HttpRequest | None) -> Any:
    """Offer the sources that the person may see."""
    return Source.objects.visible_to(person(request)) if request else Source.objects.none()


class ImportsShown(ImportFilter):
    """The same on the page, where the source is chosen from those there are."""

    source = django_filters.ModelChoiceFilter(queryset=sources, to_field_name="slug", label=_("Source"))


class RejectFilter(FilterSet):
    """Filter what could not be taken by the words of the reason, and go on from a line."""

    reason = django_filters.CharFilter(
        lookup_expr="icontains",
        max_length=200,
        label=_("Words of the reason"),
        widget=search_input(_("Search the reasons")),
    )
    from_line = KeyFilter(field_name="line", lookup_expr="gte", label=_("From this line on"))
