"""The filter of rubrics; the same names in the page's address and in the API."""

from __future__ import annotations

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from core.filtersets import FilterSet, YesOrNo, search_input
from rubrics.models import Rubric, RubricVersion


class RubricFilter(FilterSet):
    """Filter rubrics by name, and by whether one can score with them or a draft is written."""

    q = django_filters.CharFilter(
        field_name="name",
        lookup_expr="icontains",
        max_length=200,
        label=_("Name"),
        widget=search_input(_("Search a name")),
    )
    in_use = django_filters.BooleanFilter(method="by_version", label=_("In use"), widget=YesOrNo)
    has_draft = django_filters.BooleanFilter(method="by_version", label=_("Draft"), widget=YesOrNo)

    class Meta:
        model = Rubric
        fields: list[str] = []

    def by_version(self, queryset: QuerySet[Rubric], name: str, value: bool) -> QuerySet[Rubric]:
        """Keep those that have, or have not, a version in this state."""
        states = RubricVersion.Status
        state = states.PUBLISHED if name == "in_use" else states.DRAFT
        has_one = Exists(RubricVersion.objects.filter(rubric=OuterRef("pk"), status=state))
        return queryset.filter(has_one if value else ~has_one)
