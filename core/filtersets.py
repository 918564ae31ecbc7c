"""The FilterSet of every list here: a page makes one, so it copies what differs between requests, and no more."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from copy import copy
from functools import partial
from typing import Any, ClassVar

import django_filters
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

LARGEST = 2**63 - 1


class Options(django_filters.fields.ModelChoiceIterator):
    """Offer rows that are fetched in one go.

    Django opens a cursor on the server for them, which asks PostgreSQL three times more for a handful of rows.
    """

    def __iter__(self) -> Iterator[Any]:
        self.queryset: Any = _InOneGo(self.field.offered() if self.field.offered else list(self.queryset))
        yield from super().__iter__()


class _InOneGo(list[Any]):
    """Rows in place of a queryset."""

    _prefetch_related_lookups = True  # what tells Django not to ask for a cursor


class OptionsField(django_filters.fields.ModelMultipleChoiceField):
    """Several rows to choose from."""

    iterator = Options
    offered: Callable[[], list[Any]] | None = None


class OptionsFilter(django_filters.ModelMultipleChoiceFilter):
    """Keep what belongs to any of some rows.

    offered: fetches the rows to choose from, for a request, by a question that is put into SQL once. What is chosen is
    looked up in the queryset, which may hold more.
    """

    field_class = OptionsField

    def __init__(self, *, offered: Callable[[HttpRequest], list[Any]] | None = None, **given: Any) -> None:
        super().__init__(**given)
        self.offered = offered

    @property
    def field(self) -> Any:
        """Return the field, which knows how to fetch its choices."""
        made, request = super().field, self.get_request()
        if self.offered is not None and request is not None:
            made.offered = partial(self.offered, request)
        return made


class KeyFilter(django_filters.NumberFilter):
    """Keep what belongs to the row with a number; one that no column holds is refused."""

    def __init__(self, **given: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST, decimal_places=0, **given)


def search_input(words: Any) -> forms.TextInput:
    """Return the field that a filter bar shows as its search."""
    return forms.TextInput(attrs={"type": "search", "placeholder": words})


class YesOrNo(forms.NullBooleanSelect):
    """Yes, no, or either: in the words that the other filters use."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.choices = [("unknown", _("Any")), ("true", _("Yes")), ("false", _("No"))]


class AnyFilter(django_filters.BooleanFilter):
    """Keep the rows that count at least one of something, or those that count none."""

    def filter(self, qs: Any, value: bool | None) -> Any:
        """Compare the counting column with zero."""
        return qs if value is None else qs.filter(**{f"{self.field_name}__gt" if value else self.field_name: 0})


class FromDay(django_filters.DateFilter):
    """Keep what happened on a day or later, in the person's time zone."""

    def __init__(self, field_name: str, **given: Any) -> None:
        given = {"label": _("From"), "widget": forms.DateInput(attrs={"type": "date"}), **given}
        super().__init__(field_name=field_name, lookup_expr="date__gte", **given)


class ToDay(django_filters.DateFilter):
    """Keep what happened on a day or earlier, in the person's time zone."""

    def __init__(self, field_name: str, **given: Any) -> None:
        given = {"label": _("To"), "widget": forms.DateInput(attrs={"type": "date"}), **given}
        super().__init__(field_name=field_name, lookup_expr="date__lte", **given)


class FilterSet(django_filters.FilterSet):
    """Filter rows by an address. The filters are the class's; only what a request puts into one is its own."""

    # What else a page reads from its address.
    also: ClassVar[frozenset[str]] = frozenset({"page"})

    def __init__(self, data: Any = None, queryset: Any = None, **given: Any) -> None:
        # The package copies every filter with all of its choices, word by word, which takes longer than the query.
        base = self.base_filters
        self.__dict__["base_filters"] = OrderedDict()
        super().__init__(data, queryset, **given)
        self.__dict__["base_filters"] = base
        for name, one in base.items():
            self.filters[name] = self._own(one)

    @property
    def form(self) -> Any:
        """Return the form, of fields that were made for it: the package makes a class of them and copies each."""
        if "_form" not in self.__dict__:
            self._form = self._meta.form(self.data if self.is_bound else None, prefix=self.form_prefix)
            self._form.fields = {name: self._field(name, one) for name, one in self.filters.items()}
        return self._form

    def _field(self, name: str, one: Any) -> Any:
        """Return the field of a filter, which says by what it is known where every request has the same."""
        made, given = one.field, one.extra
        if "queryset" not in given and not callable(given.get("choices")) and given == self.base_filters[name].extra:
            made.drawn_as = (type(self), name)
        return made

    @property
    def ignored(self) -> list[str]:
        """Return the names in the address that nothing here listens to."""
        return sorted(set(self.data or ()) - set(self.filters) - self.also)

    def _own(self, base: Any) -> Any:
        made = copy(base)
        made.extra = dict(base.extra)
        made.__dict__.pop("_field", None)
        made.parent, made.model = self, self.queryset.model
        if base.method:
            made.method = base.method  # bound to this filter, which knows its parent
        return made
