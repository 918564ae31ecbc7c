"""Page through lists by cursor: no row is shown twice or missed while others are added."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.exceptions import ValidationError as InvalidInput
from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """Newest first unless the resource says otherwise; `page_size` up to 200."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    # Whole draws are due at the same moment: the place among equals may be far down.
    offset_cutoff = 100_000
    invalid_cursor_message = _("This cursor is not one that the API gave. Start again without it.")  # type: ignore[assignment]

    def get_ordering(self, request: Any, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        """Return the order of the resource."""
        given = getattr(view, "cursor_ordering", self.ordering)
        return (given,) if isinstance(given, str) else tuple(given)

    def get_page_size(self, request: Any) -> int:
        """Return how many rows a page has; a number that no page can have is refused and not replaced."""
        given = request.query_params.get(self.page_size_query_param)
        if given is None:
            return self.page_size
        if not (given.isascii() and given.isdecimal() and 1 <= int(given[:9]) <= self.max_page_size):
            sentence = _("Choose a whole number from 1 to %(most)s.") % {"most": self.max_page_size}
            raise InvalidInput({self.page_size_query_param: [sentence]})
        return int(given)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the query, with what a page can have."""
        found: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in found:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] |= {"minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        return found

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any] | None:
        """Return one page; a cursor that somebody wrote by hand is not found."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, TypeError, OverflowError, ValidationError) as error:
            raise NotFound(self.invalid_cursor_message) from error
