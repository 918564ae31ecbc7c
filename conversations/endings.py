"""When a conversation ended, and whether this ending is a new one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from conversations.messages import Message


@dataclass(frozen=True, slots=True)
class Ending:
    """How a conversation stands after an import.

    `number` counts its endings so far. `is_new` says that this import brought one more, `is_corrected` that the last
    one turned out to have been at another time. Without `completed_at` it is open.
    """

    completed_at: datetime | None
    number: int
    is_new: bool = False
    is_corrected: bool = False

    @property
    def reopen_count(self) -> int:
        """Return how often it went on after an ending."""
        return max(0, self.number - 1) if self.completed_at else self.number


def ending(
    completed_at: datetime | None,
    *,
    number: int,
    last_completed_at: datetime | None,
    messages: Sequence[Message],
    messages_before: int = 0,
) -> Ending:
    """Compare what an import says with the last ending known (number 0: none yet).

    It is a new ending when it lies after the last one and somebody wrote in between. Where the messages carry no
    times, more messages than before take the place of that. Any other change of the time corrects the last ending,
    so that a help desk which touches its closed tickets does not put them into another sample.
    """
    if completed_at is None:
        return Ending(None, number)
    if number == 0 or last_completed_at is None:
        return Ending(completed_at, number + 1, is_new=True)
    if completed_at > last_completed_at and _went_on(messages, last_completed_at, messages_before):
        return Ending(completed_at, number + 1, is_new=True)
    return Ending(completed_at, number, is_corrected=completed_at != last_completed_at)


def _went_on(messages: Sequence[Message], since: datetime, messages_before: int) -> bool:
    spoken = [message for message in messages if message.is_public]
    times = [message.sent_at for message in spoken if message.sent_at is not None]
    return max(times) > since if times else len(messages) > messages_before
