"""What a benchmark has to know of a filled database: who is logged in, what they hold, and what they may ask for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

LONG = 200
HELD = 8  # long conversations that the first reviewers have open


def hand_over(company: Any, *, left: int, now: datetime) -> dict[str, Any]:
    """Log people in, and let the first reviewers hold long conversations."""
    from reviews.models import Review
    from tests.bench.company import session_of

    feedback = Review.objects.published().filter(agent=1).order_by("-pk").values_list("pk", flat=True)[:50]
    return {
        "open": left,
        "long": hold_long_ones(company, now=now),
        "feedback": list(feedback),
        "reviewers": [session_of(user) for user in company.reviewers],
        "agent": session_of(company.agent),
        "supervisor": session_of(company.supervisor),
        "manager": session_of(company.manager),
        "criteria": options_of(company),
        "ids": {
            "version": company.version.pk,
            "users": [user.pk for user in company.reviewers],
            "agent": company.agent.pk,
        },
    }


def options_of(company: Any) -> dict[str, list[str]]:
    """Return the options of each criterion, from the worst to the best, as a form names them."""
    from rubrics.selectors import card_for

    return {one.lineage: [option.key for option in one.options] for one in card_for(company.version).criteria()}


def hold_long_ones(company: Any, *, now: datetime) -> list[int]:
    """Let reviewers hold a conversation of 200 messages each; the ids of their reviews."""
    from conversations.messages import encode
    from conversations.models import Conversation, SearchText, Transcript
    from conversations.records import transcript_hash
    from conversations.search.content import searched_words
    from reviews.models import QueueItem
    from reviews.services import claims
    from tests.bench import talks

    held = []
    waiting = QueueItem.objects.open().in_working_order().select_related("conversation", "agent")
    for item, user in zip(waiting[:HELD], company.reviewers, strict=False):
        ended = item.conversation.completed_at
        said = talks.messages(item.conversation_id, agent_id=item.agent_id, ended_at=ended, count=LONG)
        Transcript.objects.filter(pk=item.transcript_id).update(
            body=encode(said), content_hash=transcript_hash(said), message_count=LONG
        )
        Conversation.objects.filter(pk=item.conversation_id).update(message_count=LONG)
        known = {"subject": item.conversation.subject, "external_id": item.conversation.external_id}
        SearchText.objects.filter(pk=item.conversation_id).update(words=searched_words(**known, messages=said))
        held.append(claims.take(item, by=user, now=now).pk)
    return held
