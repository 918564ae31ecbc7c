"""The population of a plan: a stored filter over conversations, in the names of the conversation list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import AgentIdentity, Team
from conversations.filters import ConversationFilter
from conversations.models import Completion, Conversation
from core.refusals import Refusal, Refused
from core.whole_numbers import whole_numbers

# Not `state` and the days: a plan draws what ended, when the period says.
FIELDS = ("channel", "team", "source", "tag", "agent", "agent_id", "q", "csat_from", "csat_to", "custom")
# Those that ask whose a conversation was, and what they ask.
PEOPLE = {"team": "team__in", "agent": "assignee__name__icontains", "agent_id": "assignee__in"}
PREFIX = "population"
# Ticked, any number of them: a list to choose one from would drop the others when a plan is changed.
SEVERAL = ("channel", "team", "source")
Population = Mapping[str, Any]


def matching(population: Population) -> QuerySet[Conversation]:
    """Return the conversations of a population; an empty one holds all.

    A filter that can no longer be read (its team is gone) is refused: leaving it out would widen the population.
    Conversations that were opened again are in, because what is drawn is their completion.
    """
    wanted = _wanted(population)
    if not wanted:
        return Conversation.objects.order_by()
    found: QuerySet[Conversation] = _read(wanted).qs
    return found


def endings(population: Population) -> QuerySet[Completion]:
    """Return the endings of a population: whose they were is asked of the ending, the rest of the conversation.

    Correlated, so that the index over time leads on both databases.
    """
    wanted = _wanted(population)
    found = Completion.objects.order_by()
    rest = {name: value for name, value in wanted.items() if name not in PEOPLE}
    if rest:
        found = found.filter(Exists(matching(rest).filter(pk=OuterRef("conversation_id"))))
    return found.filter(_of_people(wanted)) if len(rest) < len(wanted) else found


def _of_people(wanted: Population) -> Q:
    """Return what is asked of an ending's agent and team: of its own where it kept them."""
    given = _read({name: wanted[name] for name in PEOPLE if name in wanted}).form.cleaned_data
    asked = {lookup: given[name] for name, lookup in PEOPLE.items() if given[name]}
    # The rows that were named are here already: their ids make no query within the query.
    asked = {
        lookup: [one.pk for one in value] if isinstance(value, QuerySet) else value for lookup, value in asked.items()
    }
    own = Q(people_kept_at__isnull=False, **asked)
    return own | Q(people_kept_at__isnull=True, **{f"conversation__{lookup}": value for lookup, value in asked.items()})


def _wanted(population: Population) -> dict[str, Any]:
    return {name: population[name] for name in FIELDS if population.get(name) not in (None, "", [])}


def _read(wanted: Population) -> ConversationFilter:
    bound = ConversationFilter({**wanted, "state": "all"}, queryset=Conversation.objects.order_by())
    if not bound.is_valid():
        raise Refused(
            Refusal(
                "population_unreadable",
                409,
                _("The population of this plan names something that is no longer there. Edit the plan's filters."),
            )
        )
    return bound


def filters(stored: Population) -> ConversationFilter:
    """Return the filter bar of a plan's form, filled with a stored population."""
    data = QueryDict(mutable=True)
    for name in FIELDS:
        value = stored.get(name)
        data.setlist(f"{PREFIX}-{name}", value if isinstance(value, list) else [value] if value else [])
    return sent(data)


def sent(data: QueryDict) -> ConversationFilter:
    """Return the filter bar as it came with a form."""
    bound = ConversationFilter(data, queryset=Conversation.objects.none(), prefix=PREFIX)
    for name in set(bound.form.fields) - set(FIELDS):
        del bound.form.fields[name]
    for name in SEVERAL:
        field = bound.form.fields[name]
        field.widget = forms.CheckboxSelectMultiple()
        field.widget.choices = field.choices
    return bound


def stored(data: QueryDict) -> dict[str, Any]:
    """Return the population that came with a form, as it is kept: only what was chosen."""
    multiple = {*SEVERAL, "agent_id"}
    kept: dict[str, Any] = {}
    for name in FIELDS:
        values = [value.strip() for value in data.getlist(f"{PREFIX}-{name}") if value.strip()]
        if values:
            kept[name] = values if name in multiple else values[-1]
    return kept


def words(population: Population) -> list[tuple[str, str]]:
    """Return what a population is narrowed down to, for people: label and value."""
    bound = filters(population)
    bound.is_valid()
    found = []
    for name, value in bound.form.cleaned_data.items():
        if value not in (None, "", []) and not (isinstance(value, QuerySet) and not value):
            found.append((str(bound.form.fields[name].label), _in_words(bound.form.fields[name], value)))
    return found


def portable(population: Population) -> dict[str, Any]:
    """Return a population with names in place of database ids: what a receipt shows."""
    return _exchange(population, team=_slugs, agent_id=_identities)


def local(population: Population) -> dict[str, Any]:
    """Return a population of a receipt with this database's ids; a name that is not known here matches nothing."""
    return _exchange(population, team=_team_ids, agent_id=_agent_ids)


def _exchange(population: Population, **names: Callable[[list[str]], list[str]]) -> dict[str, Any]:
    return {
        name: names[name]([str(one) for one in value]) if name in names and isinstance(value, list) else value
        for name, value in population.items()
    }


def _slugs(ids: list[str]) -> list[str]:
    return list(Team.objects.filter(pk__in=whole_numbers(ids)).order_by("slug").values_list("slug", flat=True))


def _team_ids(slugs: list[str]) -> list[str]:
    return [str(pk) for pk in Team.objects.filter(slug__in=slugs).values_list("pk", flat=True)] or ["0"]


def _identities(ids: list[str]) -> list[str]:
    named = AgentIdentity.objects.filter(agent__in=whole_numbers(ids)).order_by("source", "external_id")
    return [str(identity) for identity in named]


def _agent_ids(names: list[str]) -> list[str]:
    pairs = [name.partition(":") for name in names]
    known = {
        str(identity): str(identity.agent_id)
        for identity in AgentIdentity.objects.filter(external_id__in=[external for _, _, external in pairs])
    }
    return sorted({known[name] for name in names if name in known}) or ["0"]


def _in_words(field: Any, value: Any) -> str:
    if isinstance(value, QuerySet | list):
        choices = dict(getattr(field, "choices", [])) if not isinstance(value, QuerySet) else {}
        return ", ".join(str(one) if isinstance(one, Model) else str(choices.get(one, one)) for one in value)
    return str(value)
