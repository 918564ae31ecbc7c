"""Turn a transcript into the rows that every screen shows in the same way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple, Protocol

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conversations import text as words
from conversations.cast import is_machine_id
from conversations.characters import visible
from conversations.durations import clock
from conversations.facts import response_waits
from conversations.marks import marked
from conversations.masking import masking
from conversations.messages import Attachment, Message
from conversations.quotes import quoted_from

# (role, author as the message names them) → name to show.
Names = Mapping[tuple[str, str], str]
# A shorter silence is how people write; a longer one is worth a line of its own.
GAP_SECONDS = 30 * 60
# A wait below this is not written at the message; it is in the row all the same.
NOTABLE_WAIT_SECONDS = 120
FOLD_LABEL_LENGTH = 80
FOLDED = frozenset({"system", "tool"})
_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)


class HasMessages(Protocol):
    """A transcript, or anything else that holds messages."""

    @property
    def messages(self) -> Sequence[Message]: ...


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message as it is shown. `index` counts from 0 and is what pins and DOM ids (`message-<index>`) use."""

    index: int
    role: str
    # customer, agent, bot, system, note, tool or event: the look of the row.
    speaker: str
    # The speaker in a word, for people.
    speaker_word: str
    name: str
    sent_at: datetime | None
    # How long the customer had waited for this answer; None when it answers nobody or times are missing.
    wait_seconds: int | None
    # The day, at the first message of each one, in the active time zone.
    day: date | None
    # The silence before this message, when it is long enough to be shown.
    gap_seconds: int | None
    # The plain-text projection. Pins count code points of it, masked or not.
    text: str
    safe_html: SafeString | None
    is_folded: bool
    fold_label: str
    attachments: tuple[Attachment, ...]
    hash: str
    # Where the words stand that somebody searched for: start and end in code points of the text.
    hits: tuple[tuple[int, int], ...] = ()
    # Where the message begins to repeat an earlier one, in code points; None when it does not.
    quoted_from: int | None = None

    @property
    def shown(self) -> str:
        """Return the text with unseen and turning characters made visible, code point for code point."""
        return self._part(0, len(self.text))

    @property
    def said(self) -> str:
        """Return what is shown up to the repeated tail."""
        return self._part(0, len(self.text) if self.quoted_from is None else self.quoted_from)

    @property
    def repeated(self) -> str:
        """Return the repeated tail; empty when there is none."""
        return "" if self.quoted_from is None else self._part(self.quoted_from, len(self.text))

    def _part(self, start: int, end: int) -> str:
        text = self.text[start:end]
        hits = [(max(first - start, 0), last - start) for first, last in self.hits if last > start]
        return marked(text, hits) if hits else visible(text)

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to read."""
        return not self.text.strip()

    @property
    def notable_wait(self) -> int | None:
        """Return the wait when it is long enough to be written at the message."""
        return self.wait_seconds if (self.wait_seconds or 0) >= NOTABLE_WAIT_SECONDS else None

    @property
    def words(self) -> dict[str, str]:
        """Return what the row says, as people read it; empty where there is nothing to say."""
        local = timezone.localtime(self.sent_at) if self.sent_at else None
        return {
            "index": str(self.index),
            "day": day_in_words(self.day, "l j F Y", get_language()) if self.day else "",
            "gap": clock(self.gap_seconds) if self.gap_seconds else "",
            "moment": local.isoformat() if local else "",
            "when": f"{day_in_words(local.date(), 'D j M Y', get_language())} {local:%H:%M:%S}" if local else "",
            "time": f"{local:%H:%M}" if local else "",
            "name": self.name,
            "wait": clock(self.notable_wait) if self.notable_wait else "",
            "fold": self.fold_label,
            "text": self.said,
            "repeated": self.repeated,
        }


def view_messages(transcript: HasMessages, *, names: Names | None = None, hide_agent: bool = False) -> list[MessageRow]:
    """Return the rows of a transcript in the source's order.

    `names` maps (role, author) to the name to show; an author without one is shown as the file names them, and a
    customer or agent without any as the role alone. `hide_agent` replaces the agents by "Agent" and covers their
    names in every message; formatted HTML is left out then, because names in it could not be covered safely.
    """
    messages = transcript.messages
    cast = _Cast(messages, names or {}, hide_agent=hide_agent)
    times = zip(response_waits(messages), _days(messages), _gaps(messages), strict=True)
    return [
        _row(message, index, cast, _Times(*found))
        for index, (message, found) in enumerate(zip(messages, times, strict=True))
    ]


@lru_cache(maxsize=400)
def day_in_words(day: date, pattern: str, language: str | None) -> str:
    """Write a day; the language is that of the thread and named here so that it counts in what is remembered."""
    return date_format(day, pattern)


def shown_name(role: str, author: str, names: Names) -> str:
    """Return the name to show; empty for a customer known only by a machine's number, who is "Customer" to people."""
    given = names.get((role, author))
    if given is None:
        given = "" if role == "customer" and is_machine_id(author) else author
    return given


class _Times(NamedTuple):
    """What the clock says about one message."""

    wait: int | None
    day: date | None
    gap: int | None


class _Cast:
    """Who is who, and what is covered."""

    def __init__(self, messages: Sequence[Message], names: Names, *, hide_agent: bool) -> None:
        self.names = names
        self.hides = hide_agent
        self.aliases = _aliases(messages, names) if hide_agent else {}
        self.cover: Callable[[str], str] = masking(_agent_names(messages, names)) if hide_agent else _as_it_is

    def name(self, message: Message) -> str:
        """Return the name to show for a message's author; empty when only the role is known."""
        if self.hides and message.role == "agent":
            return self.aliases[_person(message, self.names)]
        given = shown_name(message.role, message.author, self.names)
        return visible(self.cover(given) if message.role != "customer" else given)


def _row(message: Message, index: int, cast: _Cast, times: _Times) -> MessageRow:
    plain = words.plain_text(message)
    speaker = speaker_of(message, plain)
    covered = cast.cover(plain)
    name = cast.name(message)
    return MessageRow(
        index=index,
        role=message.role,
        speaker=speaker,
        speaker_word=_speaker_word(speaker, get_language()),
        name=name,
        sent_at=message.sent_at,
        wait_seconds=times.wait,
        day=times.day,
        gap_seconds=times.gap,
        text=covered,
        safe_html=None if cast.hides else words.safe_html(message),
        is_folded=speaker in FOLDED,
        fold_label=_fold_label(speaker, name, covered) if speaker in FOLDED else "",
        attachments=tuple(_covered_attachment(item, cast.cover) for item in message.attachments),
        hash=words.message_hash(message, text=plain),
        quoted_from=None if speaker in FOLDED or speaker == "event" else quoted_from(plain),
    )


def speaker_of(message: Message, plain: str) -> str:
    """Return the look of a row. A system message that is data is what a tool answered, whatever the file calls it."""
    if message.kind != "message":
        return message.kind
    if message.role == "system" and (message.author == "tool" or _is_data(plain)):
        return "tool"
    return message.role


@lru_cache(maxsize=200)
def _speaker_word(speaker: str, language: str | None) -> str:
    """Remember the words of each language."""
    return speaker_word(speaker)


def speaker_word(speaker: str) -> str:
    """Return the word for a speaker or a role."""
    return {
        "customer": _("customer"), "agent": _("agent"), "bot": _("bot"), "note": _("internal note"),
        "tool": _("tool"), "event": _("event"), "system": _("system"),
    }[speaker]  # fmt: skip


def _fold_label(speaker: str, name: str, text: str) -> str:
    """Return the one line that a folded message shows."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    short = first if len(first) <= FOLD_LABEL_LENGTH else f"{first[:FOLD_LABEL_LENGTH].rstrip()}…"
    lead = _("Tool") if speaker == "tool" else _("System")
    if name and name.lower() not in {"tool", "system"}:
        lead = f"{lead} {name}"
    return visible(f"{lead}: {short}") if short else lead


def _days(messages: Sequence[Message]) -> list[date | None]:
    """Return the day of each message that is not of the day before it; None for the others."""
    days: list[date | None] = []
    before: date | None = None
    for message in messages:
        day = timezone.localtime(message.sent_at).date() if message.sent_at else before
        days.append(day if day != before else None)
        before = day
    return days


def _gaps(messages: Sequence[Message]) -> list[int | None]:
    """Return for each message the silence before it; None when it is short or not known."""
    gaps: list[int | None] = []
    before: datetime | None = None
    for message in messages:
        silence = int((message.sent_at - before).total_seconds()) if message.sent_at and before else 0
        gaps.append(silence if silence >= GAP_SECONDS else None)
        before = message.sent_at or before
    return gaps


def _person(message: Message, names: Names) -> str:
    """Return what tells one agent from another: the name, because a file may use both id and name for one person."""
    return names.get((message.role, message.author), message.author)


def _aliases(messages: Sequence[Message], names: Names) -> dict[str, str]:
    """Number the agents in order of appearance; a single one is just "Agent"."""
    people = list(dict.fromkeys(_person(message, names) for message in messages if message.role == "agent"))
    if len(people) == 1:
        return {people[0]: _("Agent")}
    return {person: _("Agent %(number)d") % {"number": number} for number, person in enumerate(people, start=1)}


def _agent_names(messages: Sequence[Message], names: Names) -> set[str]:
    """Return every name and id under which an agent may be mentioned."""
    authors = {message.author for message in messages if message.role == "agent"}
    known = {given for (role, author), given in names.items() if role == "agent" for given in (author, given)}
    return authors | known


def _covered_attachment(item: Attachment, cover: Callable[[str], str]) -> Attachment:
    """Return an attachment fit to be shown: only addresses of the web become links."""
    return Attachment(
        name=visible(cover(item.name)),
        url=item.url if _WEB.match(item.url) else "",
        content_type=visible(item.content_type),
        size=item.size,
    )


def _is_data(text: str) -> bool:
    stripped = text.strip()
    return stripped[:1] + stripped[-1:] in {"{}", "[]"}


def _as_it_is(text: str) -> str:
    return text
