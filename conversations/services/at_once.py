"""Count, after an import, how many conversations each agent handled at once: a pass over sets, not over rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, Min, QuerySet

from conversations.concurrency import peaks
from conversations.models import Conversation, Source

# One chunk needs four queries and holds three columns of these agents' conversations.
AGENTS = 50
UPDATES = 500


def refresh(source: Source, *, since: datetime, after: int = 0) -> Iterator[int]:
    """Count again where conversations of a source changed; yields the agent reached, to go on from after a stop."""
    touched = _counted().filter(source=source, updated_at__gte=since)
    while True:
        agents = list(
            touched.filter(assignee__gt=after)
            .order_by("assignee")
            .values_list("assignee", flat=True)
            .distinct()[:AGENTS]
        )
        if not agents:
            return
        _count(agents, touched)
        after = agents[-1]
        yield after


def _count(agents: Sequence[int], touched: QuerySet[Conversation]) -> None:
    """Count the conversations that lie within the touched time, beside all those that reach into it."""
    theirs = _counted().filter(assignee__in=agents)
    changed = _span(touched.filter(assignee__in=agents))
    beside = _span(_within(theirs, changed))
    rows = _within(theirs, beside).values_list("pk", "assignee", "started_at", "completed_at", "handled_at_once")
    by_agent: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_agent[row[1]].append(row)
    wrong: dict[int, list[int]] = defaultdict(list)
    for group in by_agent.values():
        found = peaks([(row[2], max(row[2], row[3])) for row in group])
        for (pk, _agent, begin, end, stored), peak in zip(group, found, strict=True):
            # Conversations at the rim may have others beside them that were not looked at.
            if peak != stored and begin <= changed[1] and end >= changed[0]:
                wrong[peak].append(pk)
    for peak, pks in wrong.items():
        for start in range(0, len(pks), UPDATES):
            Conversation.objects.filter(pk__in=pks[start : start + UPDATES]).update(handled_at_once=peak)


def _counted() -> QuerySet[Conversation]:
    return Conversation.objects.handled_live()


def _within(rows: QuerySet[Conversation], span: tuple[datetime, datetime]) -> QuerySet[Conversation]:
    return rows.filter(started_at__lte=span[1], completed_at__gte=span[0])


def _span(rows: QuerySet[Conversation]) -> tuple[datetime, datetime]:
    found = rows.aggregate(first=Min("started_at"), last=Max("completed_at"))
    return found["first"], found["last"]
