"""Which risk rules hit which completions: one query per rule, whatever the number of conversations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from conversations.models import Completion, Conversation, Tag
from conversations.search.matching import matching
from conversations.search.query import parse
from sampling import targeting
from sampling.models import Signal
from sampling.risks import OF_A_FIELD, Condition, Fact, Rule, field_holds
from sampling.selectors.candidates import reviewee
from sampling.terms import Terms

Hits = dict[int, tuple[int, ...]]
CRITICAL_ERROR = "critical_error"
AT_ONCE = 5000
MINUTE = 60

COLUMNS: dict[str, tuple[str, int]] = {
    Fact.CSAT_AT_MOST: ("csat__lte", 1),
    Fact.CSAT_AT_LEAST: ("csat__gte", 1),
    Fact.REOPENED: ("reopen_count__gte", 1),
    Fact.LONGEST_WAIT: ("longest_response_seconds__gte", MINUTE),
    Fact.FIRST_REPLY: ("first_response_seconds__gte", MINUTE),
    Fact.MESSAGES_AT_LEAST: ("message_count__gte", 1),
    Fact.MESSAGES_AT_MOST: ("message_count__lte", 1),
    Fact.DURATION: ("duration_seconds__gte", MINUTE),
}


def hits(rows: QuerySet[Completion], terms: Terms, *, known_by: datetime) -> Hits:
    """Return completion id → the places of the rules that hit it; completions that none hits are left out.

    rows: completions with somebody to review. known_by: signals that came later are not known yet.
    """
    found: dict[int, list[int]] = {}
    for place, rule in enumerate(terms.rules):
        for completion_id in set(_hit_by(rule, rows, terms, known_by=known_by)):
            found.setdefault(completion_id, []).append(place)
    return {completion_id: tuple(places) for completion_id, places in found.items()}


def priorities(found: Mapping[int, Sequence[int]], terms: Terms) -> dict[int, float]:
    """Return completion id → x, the weights of the rules that hit it taken together."""
    weights = [rule.weight for rule in terms.rules]
    return {
        completion_id: targeting.priority((weights[place] for place in places), combine=terms.risk_combine)
        for completion_id, places in found.items()
    }


def _hit_by(rule: Rule, rows: QuerySet[Completion], terms: Terms, *, known_by: datetime) -> Iterable[int]:
    """Ask the database what it can answer alike on both databases, and look through the rest."""
    of_fields = [one for one in rule.when if one.fact in OF_A_FIELD]
    of_agents = [one for one in rule.when if one.fact == Fact.CRITICAL_ERROR]
    kept = rows
    for one in rule.when:
        if one not in of_fields and one not in of_agents:
            kept = kept.filter(_asked(one))
    if not of_fields and not of_agents:
        return kept.values_list("pk", flat=True).iterator(chunk_size=AT_ONCE)
    if of_fields:
        kept = kept.exclude(conversation__metadata={})
    errors = _critical_errors(known_by) if of_agents else {}
    named = kept.values_list("pk", "completed_at", reviewee(terms), "conversation__metadata")
    return (
        pk
        for pk, completed_at, agent_id, metadata in named.iterator(chunk_size=AT_ONCE)
        if all(field_holds(one, metadata) for one in of_fields)
        and all(_is_recent(errors.get(agent_id, ()), one, completed_at) for one in of_agents)
    )


def _asked(condition: Condition) -> Q:
    if condition.fact == Fact.TAG:
        return Q(conversation__tagged__in=_tags_named(condition.value))
    if condition.fact == Fact.WORDS:
        wanted = parse(condition.value)
        rows = Conversation.objects.order_by()
        return Q(conversation__in=matching(rows, wanted).values("pk") if wanted else rows.none().values("pk"))
    column = COLUMNS.get(condition.fact)
    if column is None:
        return Q(pk__in=[])  # of a later version of the product
    lookup, factor = column
    number: Any = Decimal(condition.value) if factor == 1 else round(condition.number * factor)
    return Q(**{f"conversation__{lookup}": number})


def _tags_named(name: str) -> list[int]:
    """Return the tags of a name, whatever the case: compared here, since databases know different letters."""
    wanted = name.strip().casefold()
    return [pk for pk, known in Tag.objects.order_by().values_list("pk", "name") if known.casefold() == wanted]


def _critical_errors(known_by: datetime) -> dict[int, list[datetime]]:
    """Return agent id → when a critical error of theirs became known."""
    found: dict[int, list[datetime]] = {}
    rows = Signal.objects.filter(kind=CRITICAL_ERROR, known_at__lte=known_by, subject__startswith="agent:")
    for subject, known_at in rows.values_list("subject", "known_at"):
        found.setdefault(int(subject.removeprefix("agent:")), []).append(known_at)
    return found


def _is_recent(errors: Iterable[datetime], condition: Condition, completed_at: datetime) -> bool:
    """Say whether an error became known in so many days before a conversation ended, or since."""
    since = completed_at - timedelta(days=min(condition.number, 3650))
    return any(error >= since for error in errors)
