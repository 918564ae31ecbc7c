"""What a row of a list of conversations says, as people read it."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from django.utils import timezone
from django.utils.text import Truncator, capfirst
from django.utils.translation import get_language

from conversations.characters import visible
from conversations.durations import clock
from conversations.models import Conversation
from conversations.search.excerpts import Excerpt
from conversations.transcripts import day_in_words
from core import links
from core.moments import zone_name

TITLE, NUMBER = 90, 40  # characters that are shown
CHANNELS = dict(Conversation.Channel.choices)


class Row(Hashable, Protocol):
    """What a row shows of a conversation, its agent and its team, as selectors.rows_of fetches it."""

    pk: int
    external_id: str
    channel: str
    subject: str
    completed_at: datetime | None
    message_count: int
    longest_response_seconds: int | None
    csat: Decimal | None
    assignee__name: str | None
    team__name: str | None


def row_words(row: Row, *, excerpt: Excerpt | None = None, searched: str = "") -> dict[str, str]:
    """Return the words of a row; empty where there is nothing to say. A hit leads to its message."""
    local = timezone.localtime(row.completed_at) if row.completed_at else None
    url = links.to("conversations:conversation", row.pk)
    return {
        "url": f"{url}?{searched}#message-{excerpt.message}" if excerpt else url + (f"?{searched}" if searched else ""),
        "title": _cut(visible(row.subject or row.external_id), TITLE),
        "channel": str(CHANNELS.get(row.channel, row.channel)),
        "number": _cut(visible(row.external_id), NUMBER),
        "speaker": capfirst(excerpt.speaker_word) if excerpt else "",
        "excerpt": excerpt.marked if excerpt else "",
        "agent": visible(row.assignee__name) if row.assignee__name else "",
        "team": row.team__name or "–",
        "moment": local.isoformat() if local else "",
        "when": f"{day_in_words(local.date(), 'j M Y', get_language())} {local:%H:%M}" if local else "",
        "zone": zone_name() if local else "",
        "messages": str(row.message_count),
        "wait": "–" if row.longest_response_seconds is None else clock(row.longest_response_seconds),
        "csat": "–" if row.csat is None else str(row.csat.normalize()),
    }


def _cut(text: str, longest: int) -> str:
    return Truncator(text).chars(longest) if len(text) > longest else text
