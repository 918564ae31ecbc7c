"""What a transcript tells without being judged: waits, length, who wrote how much. Pure, and at ease with no times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from conversations.messages import Message
from conversations.text import plain_text, word_count

# (role, the person's id); the id is empty when the file does not say who.
Speaker = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Tally:
    """How much one participant wrote, notes and tool results left out."""

    role: str
    external_id: str
    messages: int
    words: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Seconds are None when the times needed are missing. Agents are ids as the file knows them."""

    message_count: int
    agent_messages: int
    customer_messages: int
    agent_words: int
    customer_words: int
    first_response_seconds: int | None
    median_response_seconds: int | None
    longest_response_seconds: int | None
    duration_seconds: int | None
    most_active_agent: str | None
    last_agent: str | None
    tallies: tuple[Tally, ...]


def facts(
    messages: Sequence[Message],
    *,
    speaker: Callable[[Message], str],
    started_at: datetime | None,
    ended_at: datetime | None,
) -> Facts:
    """Compute the facts of one conversation. `speaker` gives the id under which a message's author is counted."""
    answers = response_waits(messages)
    waits = [wait for wait in answers if wait is not None]
    tallies, last_agent = _tally(messages, speaker)
    agents = [tally for tally in tallies if tally.role == "agent"]
    customers = [tally for tally in tallies if tally.role == "customer"]
    return Facts(
        message_count=len(messages),
        agent_messages=sum(tally.messages for tally in agents),
        customer_messages=sum(tally.messages for tally in customers),
        agent_words=sum(tally.words for tally in agents),
        customer_words=sum(tally.words for tally in customers),
        first_response_seconds=_first_response(messages, answers),
        median_response_seconds=int(median(waits) + 0.5) if waits else None,
        longest_response_seconds=max(waits, default=None),
        duration_seconds=_duration(messages, started_at, ended_at),
        most_active_agent=_most_active(agents),
        last_agent=last_agent,
        tallies=tallies,
    )


def most_and_last(messages: Sequence[Message], *, speaker: Callable[[Message], str]) -> tuple[str | None, str | None]:
    """Return the agent who wrote most, and the one who wrote last, as `facts` finds them."""
    tallies, last_agent = _tally(messages, speaker)
    return _most_active([tally for tally in tallies if tally.role == "agent"]), last_agent


def response_waits(messages: Sequence[Message]) -> list[int | None]:
    """Return for each message how long the customer had waited for it, in seconds; None when it answers nobody.

    The wait runs from the first customer message that nobody had answered to the next message of a human agent.
    Bots, tools and notes answer nobody. Where a time is missing the wait is not known; where the clock of the
    source runs backwards it is 0.
    """
    waits: list[int | None] = []
    waiting_since: datetime | None = None
    is_waiting = False
    for message in messages:
        wait = None
        if message.kind == "message":
            if message.role == "customer" and not is_waiting:
                waiting_since, is_waiting = message.sent_at, True
            elif message.role == "agent" and is_waiting:
                wait = _seconds(waiting_since, message.sent_at)
                is_waiting = False
        waits.append(wait)
    return waits


def completed_at(messages: Sequence[Message], ended_at: datetime | None, *, is_finished: bool) -> datetime | None:
    """Return when a conversation completed: its end, else its last message if the source holds finished ones only."""
    if ended_at is not None or not is_finished:
        return ended_at
    return max((message.sent_at for message in messages if message.sent_at is not None), default=None)


def started_at(messages: Sequence[Message], given: datetime | None) -> datetime | None:
    """Return when a conversation began: as given, else at its earliest message."""
    if given is not None:
        return given
    return min((message.sent_at for message in messages if message.sent_at is not None), default=None)


def _first_response(messages: Sequence[Message], waits: list[int | None]) -> int | None:
    """Return the wait for the first answer; None when there is none, or when its length is not known."""
    asked = False
    for message, wait in zip(messages, waits, strict=True):
        if message.kind != "message":
            continue
        if message.role == "customer":
            asked = True
        elif message.role == "agent" and asked:
            return wait
    return None


def _duration(messages: Sequence[Message], begin: datetime | None, end: datetime | None) -> int | None:
    begin = started_at(messages, begin)
    end = end or max((message.sent_at for message in messages if message.sent_at is not None), default=None)
    if begin is None or end is None or end < begin:
        return None
    return int((end - begin).total_seconds())


def _tally(messages: Sequence[Message], speaker: Callable[[Message], str]) -> tuple[tuple[Tally, ...], str | None]:
    """Count messages and words of each speaker in order of appearance, and name the last agent who spoke."""
    first: dict[Speaker, Message] = {}
    said: dict[Speaker, list[str]] = {}
    last_agent: Message | None = None
    for message in messages:
        role = message.role
        if message.kind != "message" or role == "system":  # as Message.is_public says, for each of a million
            continue
        named: Speaker = (role, message.author)
        if named not in first:
            first[named], said[named] = message, []
        said[named].append(plain_text(message))
        if role == "agent":
            last_agent = message
    # No word goes over the end of a line, so those of one author are counted in one go.
    counted: dict[Speaker, list[int]] = {}
    for named, texts in said.items():
        kept = counted.setdefault((named[0], speaker(first[named])), [0, 0])
        kept[0] += len(texts)
        kept[1] += word_count("\n".join(texts))
    tallies = tuple(Tally(role, who, *numbers) for (role, who), numbers in counted.items())
    return tallies, None if last_agent is None else speaker(last_agent)


def _most_active(agents: Sequence[Tally]) -> str | None:
    """Return the agent with most messages; then most words; then who spoke first."""
    best = max(agents, key=lambda tally: (tally.messages, tally.words), default=None)
    return best.external_id if best else None


def _seconds(begin: datetime | None, end: datetime | None) -> int | None:
    if begin is None or end is None:
        return None
    return max(0, int((end - begin).total_seconds()))
