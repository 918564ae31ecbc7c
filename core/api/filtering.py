"""Filter lists by the address, and say so when it asks for a filter that the list does not have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request


class KnownFilters(DjangoFilterBackend):
    """Refuse a name that nothing listens to: a misspelt filter would pass for an answer about everything.

    An action that reads more from the query than filters names it in `extra_parameters`. A list inside one thing is
    narrowed like any other: its action names a `filterset_class` and calls `filter_queryset`.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """Return the rows that the address asks for."""
        if request.method == "GET":
            self._refuse_unknown(request, queryset, view)
        found: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return found

    def _refuse_unknown(self, request: Request, queryset: QuerySet[Any], view: Any) -> None:
        filterset = self.get_filterset_class(view, queryset)
        filters = set(filterset.base_filters) if filterset else set()
        paging = {view.paginator.cursor_query_param, view.paginator.page_size_query_param} if view.paginator else set()
        refuse_unknown(request, filters | paging | set(getattr(view, "extra_parameters", ())))


def refuse_unknown(request: Request, known: Iterable[str]) -> None:
    """Refuse what an address asks for beside the names that are known."""
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        sentence = _("There is no such filter here. Known are: %(known)s.") % {"known": ", ".join(sorted(known))}
        raise ValidationError({name: [sentence] for name in unknown})
