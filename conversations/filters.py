"""The filters over conversations: the same names in the list's address, in the API, and in a plan's population."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import person
from accounts.asking import Asked
from accounts.models import Agent, Team
from conversations import custom_fields
from conversations.custom_field_query import asking
from conversations.custom_fields import Question
from conversations.models import Conversation, Source
from conversations.search.matching import by_relevance, matching
from conversations.search.query import LONGEST_QUERY, Query, parse
from core.filtersets import FilterSet, OptionsField, OptionsFilter, search_input
from core.prepared import Prepared

STATES = [("open", _("Still open")), ("all", _("Ended and open"))]
ORDERS: dict[str, list[Any]] = {
    "oldest": [F("completed_at").asc(nulls_last=True), "pk"],
    "wait": [F("longest_response_seconds").desc(nulls_last=True), "-pk"],
    "messages": ["-message_count", "-pk"],
    "csat": [F("csat").asc(nulls_last=True), "-pk"],
}
ORDER_WORDS = [
    ("oldest", _("Oldest first")),
    ("wait", _("Longest wait first")),
    ("messages", _("Most messages first")),
    ("csat", _("Lowest CSAT first")),
]
# Without a word about order: newest first, as the index has them.
NEWEST = ["-completed_at", "-pk"]
LARGEST_ID = 2**63 - 1
TOGETHER = ","  # between several values of one entry


class OneOrMore(forms.Select):
    """Show a plain list to choose one from, and take several from an address or a stored filter.

    Several are one entry of the list, chosen, so that the form sends all of them on when another filter is changed.
    """

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Return what was given for the name: once, several times, or several in one with commas."""
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name)
        values = values if isinstance(values, list | tuple) else [values]
        return [one for value in values if value is not None for one in str(value).split(TOGETHER) if one]

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        """Offer "Any" first: a list of several choices has no empty one of its own; then several that are chosen."""
        chosen = [one for one in value if one]
        first = [self.create_option(name, "", str(_("Any")), not chosen, 0, attrs=attrs)]
        if len(chosen) > 1:
            labels = {str(one): str(label) for one, label in self.choices}
            together = _(" or ").join(labels.get(one, one) for one in chosen)
            first.append(self.create_option(name, TOGETHER.join(chosen), together, True, 1, attrs=attrs))
        return [(None, first, 0), *super().optgroups(name, chosen if len(chosen) == 1 else [], attrs)]


class IdsField(OptionsField):
    """Refuse numbers that no database column holds, where Django would hand them to the driver."""

    def _check_values(self, value: Any) -> Any:
        for one in value:
            with suppress(TypeError, ValueError):
                if abs(int(one)) > LARGEST_ID:
                    raise forms.ValidationError(
                        self.error_messages["invalid_choice"], code="invalid_choice", params={"value": one}
                    )
        return super()._check_values(value)


class IdsFilter(OptionsFilter):
    """Keep what belongs to any of the rows named by primary key."""

    field_class = IdsField


class CustomFieldsField(forms.CharField):
    """Read what is asked of custom fields, or say what is not understood."""

    def clean(self, value: Any) -> list[Question]:
        """Return the questions."""
        try:
            return custom_fields.parse(super().clean(value))
        except custom_fields.Unclear as unclear:
            raise forms.ValidationError(str(unclear)) from unclear


class CustomFieldsFilter(django_filters.CharFilter):
    """Keep what has custom fields."""

    field_class = CustomFieldsField


def teams(request: HttpRequest | None) -> QuerySet[Team]:
    """Offer the teams that the person may see; a stored filter may name any."""
    return Team.objects.visible_to(person(request)) if request else Team.objects.all()


# Offered beside every list, put into SQL once (the teams for each kind of grants).
TEAMS: Asked[Team] = Asked(lambda user: Team.objects.visible_to(user))
SOURCES = Prepared(lambda: Source.objects.all())


def sources(request: HttpRequest) -> list[Source]:
    """Fetch the sources, once for a page: they are offered, and they know the custom fields that came with them."""
    kept: list[Source] | None = getattr(request, "_sources", None)
    if kept is None:
        kept = request._sources = SOURCES.all()  # type: ignore[attr-defined]
    return kept


def field_names(request: HttpRequest) -> list[str]:
    """Return the custom fields there are, as they are typed into the filter."""
    found = {custom_fields.spelled(name) for source in sources(request) for name in source.field_names}
    return sorted(found)[: custom_fields.OFFERED]


def agents(request: HttpRequest | None) -> QuerySet[Agent]:
    """Take the agents whose conversations the person may read; a stored filter may name any."""
    if request is None:
        return Agent.objects.all()
    if "agent_id" not in request.GET:  # nobody is named, and the field offers nobody
        return Agent.objects.none()
    read = Conversation.objects.visible_to(person(request)).exclude(assignee=None)
    return Agent.objects.filter(pk__in=read.values("assignee"))


class ConversationFilter(FilterSet):
    """Narrow conversations down. Only ended ones unless asked otherwise, because only those can be drawn."""

    q = django_filters.CharFilter(
        method="by_words",
        label=_("Subject or number"),
        max_length=200,
        widget=search_input(_("Search subject or number")),
    )
    channel = django_filters.MultipleChoiceFilter(
        choices=[choice for choice in Conversation.Channel.choices if choice[0]],
        label=_("Channel"),
        widget=OneOrMore,
        distinct=False,  # a column of the conversation itself: no row comes twice, and none has to be compared
    )
    team = IdsFilter(
        queryset=teams,
        offered=lambda request: TEAMS.all(request.user),
        label=_("Team"),
        widget=OneOrMore,
        distinct=False,
    )
    agent = django_filters.CharFilter(
        field_name="assignee__name", lookup_expr="icontains", label=_("Agent"), max_length=200
    )
    agent_id = IdsFilter(
        queryset=agents,
        field_name="assignee",
        label=_("Agent"),
        widget=forms.MultipleHiddenInput,
        distinct=False,
    )
    source = OptionsFilter(
        queryset=Source.objects.all(),
        offered=sources,
        field_name="source__slug",
        to_field_name="slug",
        label=_("Source"),
        widget=OneOrMore,
        distinct=False,
    )
    tag = django_filters.CharFilter(
        field_name="tagged__name", label=_("Tag"), max_length=100, widget=forms.TextInput(attrs={"list": "tags"})
    )
    ended_from = django_filters.DateFilter(
        method="by_first_day", label=_("Ended from"), widget=forms.DateInput(attrs={"type": "date"})
    )
    ended_to = django_filters.DateFilter(
        method="by_last_day", label=_("Ended to"), widget=forms.DateInput(attrs={"type": "date"})
    )
    csat_from = django_filters.NumberFilter(
        field_name="csat", lookup_expr="gte", label=_("CSAT from"), min_value=0, max_value=100, decimal_places=2
    )
    csat_to = django_filters.NumberFilter(
        field_name="csat", lookup_expr="lte", label=_("CSAT to"), min_value=0, max_value=100, decimal_places=2
    )
    custom = CustomFieldsFilter(
        method="by_custom_fields",
        label=_("Custom fields"),
        max_length=500,
        help_text=_("plan = gold, amount >= 100; a name alone for those that have it, !name for those that do not."),
        widget=forms.TextInput(attrs={"list": "custom-fields", "placeholder": "plan = gold, amount >= 100"}),
    )
    state = django_filters.ChoiceFilter(method="by_state", choices=STATES, empty_label=_("Ended"), label=_("State"))
    order = django_filters.ChoiceFilter(
        method="by_order", choices=ORDER_WORDS, empty_label=_("Newest first"), label=_("Order")
    )

    class Meta:
        model = Conversation
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Conversation]) -> QuerySet[Conversation]:
        """Apply what was given, and the two defaults where nothing was."""
        found: QuerySet[Conversation] = super().filter_queryset(queryset)
        state, order = self.form.cleaned_data.get("state"), self.form.cleaned_data.get("order")
        if not state:
            found = found.exclude(completed_at=None)
        if order:
            return found
        # Open ones have no end, and the databases disagree about where nothing belongs.
        return found.order_by(F("completed_at").desc(nulls_last=True), "-pk") if state else found.order_by(*NEWEST)

    def by_words(self, queryset: QuerySet[Conversation], name: str, value: str) -> QuerySet[Conversation]:
        """Keep conversations whose subject or number holds the words."""
        return queryset.filter(Q(subject__icontains=value) | Q(external_id__icontains=value))

    def by_first_day(self, queryset: QuerySet[Conversation], name: str, value: date) -> QuerySet[Conversation]:
        """Keep what ended on this day or later, in the person's time zone."""
        return queryset.filter(completed_at__gte=_begin_of(value))

    def by_last_day(self, queryset: QuerySet[Conversation], name: str, value: date) -> QuerySet[Conversation]:
        """Keep what ended on this day or earlier, in the person's time zone."""
        return queryset.filter(completed_at__lt=_begin_of(value + timedelta(days=1))) if value < date.max else queryset

    def by_custom_fields(
        self, queryset: QuerySet[Conversation], name: str, value: list[Question]
    ) -> QuerySet[Conversation]:
        """Keep what answers every question to its custom fields with yes."""
        return asking(queryset, value)

    def by_state(self, queryset: QuerySet[Conversation], name: str, value: str) -> QuerySet[Conversation]:
        """Keep what is still open, or everything."""
        return queryset.filter(completed_at=None) if value == "open" else queryset

    def by_order(self, queryset: QuerySet[Conversation], name: str, value: str) -> QuerySet[Conversation]:
        """Sort; what has no value comes last in every order."""
        return queryset.order_by(*ORDERS[value])


class SearchedField(forms.CharField):
    """Read what is searched for. What holds no word is told so, instead of finding nothing."""

    def clean(self, value: Any) -> Query:
        """Return the query."""
        typed: str = super().clean(value)
        query = parse(typed)
        if typed.strip() and not query:
            raise forms.ValidationError(
                _("Search finds words and numbers, and there is none in “%(typed)s”."), params={"typed": typed[:40]}
            )
        return query


class SearchedFilter(django_filters.CharFilter):
    """Keep what holds the words."""

    field_class = SearchedField


class ConversationSearch(ConversationFilter):
    """The filters of the list and its API: those of a population, and the words that were said."""

    search = SearchedFilter(
        method="by_what_was_said",
        label=_("What was said"),
        max_length=LONGEST_QUERY,
        help_text=_("All words, “words in quotes” together, -words not. Subject and number are searched too."),
        widget=search_input(_("Search what was said")),
    )
    order = django_filters.ChoiceFilter(
        method="by_order",
        choices=[*ORDER_WORDS, ("relevance", _("Best match first"))],
        empty_label=_("Newest first"),
        label=_("Order"),
    )

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        """Put the search first and the plain search in subject and number, which it includes, behind the others."""
        found = super().get_filters()
        names = ["search", *(name for name in found if name not in {"search", "q"}), "q"]
        return {name: found[name] for name in names}

    @property
    def query(self) -> Query:
        """Return what is searched for; empty when nothing is, or when it could not be read."""
        if not self.is_bound or "search" in self.errors:
            return Query()
        found: Query | None = self.form.cleaned_data["search"]
        return found or Query()

    def by_what_was_said(self, queryset: QuerySet[Conversation], name: str, value: Query) -> QuerySet[Conversation]:
        """Keep what holds the words, as far as it is searchable already."""
        return matching(queryset, value) if value else queryset

    def by_order(self, queryset: QuerySet[Conversation], name: str, value: str) -> QuerySet[Conversation]:
        """Sort as elsewhere; by relevance only where something is searched for."""
        if value != "relevance":
            return super().by_order(queryset, name, value)
        return by_relevance(queryset, self.query)


def narrowed(queryset: QuerySet[Conversation], stored: Mapping[str, Any]) -> QuerySet[Conversation]:
    """Apply a stored filter, such as a sampling plan's population. Names that are not known are ignored."""
    if not stored:
        return queryset
    found: QuerySet[Conversation] = ConversationFilter(dict(stored), queryset=queryset).qs
    return found


def _begin_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
