"""Skips that wait for a second pair of eyes, each with what was said, to be read where it is decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from conversations.models import Participant
from conversations.selectors import names
from conversations.transcripts import MessageRow, view_messages
from reviews.models import QueueItem


@dataclass(frozen=True, slots=True)
class Skip:
    """One skip with its transcript. Where the plan hides the agent, whoever overrules it may have to review it."""

    item: QueueItem
    rows: list[MessageRow]
    hides_agent: bool


def readable(items: Iterable[QueueItem]) -> list[Skip]:
    """Return skips with their transcripts; one query for the people in all of them."""
    wanted = list(items)
    people: dict[int, list[Participant]] = defaultdict(list)
    for one in Participant.objects.filter(conversation__in=[item.conversation_id for item in wanted]).order_by("id"):
        people[one.conversation_id].append(one)
    found = []
    for item in wanted:
        hides = bool(item.plan and item.plan.hide_agent)
        known = names(item.conversation, people[item.conversation_id])
        found.append(Skip(item, view_messages(item.transcript, names=known, hide_agent=hides), hides))
    return found
