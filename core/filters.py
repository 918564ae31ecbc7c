"""The filters over the audit trail: the same names in the page's address and wherever else it is read."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit_words import KINDS, SENTENCES
from core.filtersets import FilterSet, search_input
from core.models import AuditEvent

LARGEST_ID = 2**63 - 1


class AuditEventFilter(FilterSet):
    """Narrow the audit trail down by who, what, which thing, when and in which request."""

    actor = django_filters.CharFilter(
        lookup_expr="icontains",
        label=_("Name of who did it"),
        max_length=254,
        widget=search_input(_("Search who did it")),
    )
    verb = django_filters.ChoiceFilter(choices=[(verb, verb) for verb in sorted(SENTENCES)], label=_("What"))
    target_type = django_filters.ChoiceFilter(
        choices=sorted(KINDS.items(), key=lambda kind: str(kind[1])), label=_("Kind of thing")
    )
    target_id = django_filters.CharFilter(label=_("Number of the thing"), max_length=60)
    since = django_filters.DateFilter(
        method="by_first_day", label=_("From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    until = django_filters.DateFilter(
        method="by_last_day", label=_("To"), widget=forms.DateInput(attrs={"type": "date"})
    )
    request_id = django_filters.CharFilter(label=_("Request"), max_length=40)
    actor_id = django_filters.NumberFilter(
        label=_("Number of who did it"), min_value=1, max_value=LARGEST_ID, decimal_places=0, widget=forms.HiddenInput
    )

    class Meta:
        model = AuditEvent
        fields: list[str] = []

    def by_first_day(self, queryset: QuerySet[AuditEvent], name: str, value: date) -> QuerySet[AuditEvent]:
        """Keep what happened on this day or later, in the person's time zone."""
        return queryset.filter(at__gte=_begin_of(value))

    def by_last_day(self, queryset: QuerySet[AuditEvent], name: str, value: date) -> QuerySet[AuditEvent]:
        """Keep what happened on this day or earlier, in the person's time zone."""
        return queryset.filter(at__lt=_begin_of(value + timedelta(days=1))) if value < date.max else queryset


def _begin_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
