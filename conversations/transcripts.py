"""Turn a transcript into the rows that every screen shows in the same way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Protocol

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conversations import text as words
from conversations.cast import is_machine_id
from conversations.characters import visible
from conversations.concurrency import Interval
from conversations.durations import clock, since
from conversations.marks import marked
from conversations.masking import masking
from conversations.messages import Attachment, Message
from conversations.moments import NOTABLE_WAIT_SECONDS, Moment, moments
from conversations.quotes import quoted_from
from core.moments import zone_name

# (role, author as the message names them) → name to show.
Names = Mapping[tuple[str, str], str]
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
    # How many conversations the agent had open at one moment of that wait, this one included; None when not known.
    open_meanwhile: int | None
    # How long after the first message with a time; None for that one and where there is no time.
    since_start: int | None
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
            "when": _to_the_second(local) if local else "",
            "time": f"{local:%H:%M}" if local else "",
            "since": since(self.since_start) if self.since_start is not None else "",
            "name": self.name,
            "wait": clock(self.notable_wait) if self.notable_wait else "",
            "beside": str(self.open_meanwhile) if (self.open_meanwhile or 0) > 1 else "",
            "fold": self.fold_label,
            "text": self.said,
            "repeated": self.repeated,
        }


def view_messages(
    transcript: HasMessages, *, names: Names | None = None, hide_agent: bool = False, open_ones: Sequence[Interval] = ()
) -> list[MessageRow]:
    """Return the rows of a transcript in the source's order.

    `names` maps (role, author) to the name to show; an author without one is shown as the file names them, and a
    customer or agent without any as the role alone. `hide_agent` replaces the agents by "Agent" and covers their
    names in every message; formatted HTML is left out then, because names in it could not be covered safely.
    `open_ones` are the conversations that the agent had open around this one, itself included.
    """
    messages = transcript.messages
    cast = _Cast(messages, names or {}, hide_agent=hide_agent)
    times = moments(messages, open_ones=open_ones)
    return [
        _row(message, index, cast, moment) for index, (message, moment) in enumerate(zip(messages, times, strict=True))
    ]


def _to_the_second(local: datetime) -> str:
    return f"{day_in_words(local.date(), 'D j M Y', get_language())} {local:%H:%M:%S} {zone_name()}"


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


def _row(message: Message, index: int, cast: _Cast, moment: Moment) -> MessageRow:
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
        wait_seconds=moment.wait,
        open_meanwhile=moment.beside,
        since_start=moment.since,
        day=moment.day,
        gap_seconds=moment.gap,
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
