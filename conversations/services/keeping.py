"""Let an ending keep whose it was, when a later import of its conversation says otherwise.

A conversation is handed on after it ended, is opened again and answered by somebody else, or gets a message after its
end: each review is about whoever had it when it ended. What is a better knowledge of that very ending counts for it:
whoever is named where nobody was known, and who wrote what a fuller transcript shows to have been written by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from conversations import facts
from conversations.models import Completion, Conversation
from conversations.services.people import Company
from conversations.services.rows import ConversationRow, Taken
from core import bulk


class Whose(NamedTuple):
    """Whose an ending is, by each of the rules, and the team of the first who is known."""

    assignee_id: int | None
    most_active_agent_id: int | None
    last_agent_id: int | None
    team_id: int | None

    @property
    def agent_id(self) -> int | None:
        """Return whose team it is, as `teams` has it."""
        return self.assignee_id or self.most_active_agent_id


WRITTEN = (*Whose._fields, "people_kept_at")


def keep(changed: Sequence[Taken], *, people: Company, now: datetime) -> None:
    """Write what the endings of changed conversations have to keep; nothing where nobody parted from them."""
    rows = []
    for item in changed:
        assert item.before is not None
        for place, ending in enumerate(item.endings):
            kept_at = ending.people_kept_at
            whose = _whose(item, place, people)
            if whose != _said(ending if kept_at else item.written):
                rows.append((*whose, kept_at or now, ending.pk))
    bulk.update(Completion, WRITTEN, rows)


def _said(by: Completion | Conversation | ConversationRow) -> Whose:
    return Whose(by.assignee_id, by.most_active_agent_id, by.last_agent_id, by.team_id)


def _whose(item: Taken, place: int, people: Company) -> Whose:
    """Return whose an ending is, by what was known of it and what this import tells of it."""
    assert item.before is not None
    ending, told = item.endings[place], _said(item.written)
    held = _said(ending if ending.people_kept_at else item.before)
    # It is still the last one, and over: what was not known of it and is told now is told of it.
    is_of_now = place == len(item.endings) - 1 and not _went_on(item)
    unknown = told if is_of_now else Whose(None, None, None, None)
    wrote = _wrote_by_then(item, place, people)
    found = Whose(
        held.assignee_id or unknown.assignee_id,
        wrote[0] or held.most_active_agent_id or unknown.most_active_agent_id,
        wrote[1] or held.last_agent_id or unknown.last_agent_id,
        None,
    )
    team_id = held.team_id if found.agent_id == held.agent_id else None
    if team_id is None and is_of_now and found.agent_id == told.agent_id:
        team_id = told.team_id
    return found._replace(team_id=team_id)


def _went_on(item: Taken) -> bool:
    assert item.ending is not None
    return item.ending.is_new or item.ending.completed_at is None


def _wrote_by_then(item: Taken, place: int, people: Company) -> tuple[int | None, int | None]:
    """Return who wrote most and last, by the times of the messages; nobody where these do not tell.

    An ending is as it was when it became known: a help desk may end a conversation a moment before its last message.
    """
    spoken = [message for message in item.messages if message.is_public]
    timed = [(message.sent_at, message) for message in spoken if message.sent_at is not None]
    if len(timed) < len(spoken):
        return None, None
    until = _until(item, place)
    by_then = [message for sent_at, message in timed if sent_at <= until]
    if len(by_then) == len(spoken):
        return item.written.most_active_agent_id, item.written.last_agent_id
    most, last = facts.most_and_last(by_then, speaker=lambda message: people.ids.get(message.author, message.author))
    return people.agent_id(most), people.agent_id(last)


def _until(item: Taken, place: int) -> datetime:
    """Return up to when what was written belongs to an ending."""
    assert item.ending is not None
    ended = [one.completed_at for one in item.endings]
    if item.ending.completed_at is not None:
        ended[item.ending.number - 1 :] = [item.ending.completed_at]  # a new one, or the last one corrected
    known_at = item.endings[place].known_at
    has_ended_again = place + 1 < len(ended) and ended[place + 1] <= known_at
    return ended[place] if has_ended_again else max(ended[place], known_at)
