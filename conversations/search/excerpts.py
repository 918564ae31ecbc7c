"""Show where a conversation matches: a few words around the best place, and every place in its transcript."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models.functions import Length
from django.utils.safestring import SafeString

from conversations.marks import marked
from conversations.messages import Message
from conversations.models import Transcript
from conversations.search.content import LONGEST_TEXT
from conversations.search.query import Query, places
from conversations.text import plain_text
from conversations.transcripts import MessageRow, speaker_of, speaker_word

BEFORE, LENGTH = 60, 200
# Of a longer transcript no excerpt is made: a page holds fifty of them.
LONGEST_BODY = 1_000_000

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The words around a place. `ranges` are the hits in `text`, in code points; `message` counts from 0."""

    message: int
    speaker: str
    text: str
    ranges: tuple[Range, ...]

    @property
    def speaker_word(self) -> str:
        """Return who said it, for people."""
        return speaker_word(self.speaker)

    @property
    def marked(self) -> SafeString:
        """Return the text with its hits in <mark>."""
        return marked(self.text, self.ranges)


def excerpts(rows: Iterable[Any], query: Query) -> dict[int, Excerpt]:
    """Return an excerpt for each conversation in whose messages something stands, in one query."""
    if not query.wanted:
        return {}
    current = [row.transcript_id for row in rows if row.transcript_id is not None]
    held = Transcript.objects.filter(pk__in=current).annotate(size=Length("body")).filter(size__lte=LONGEST_BODY)
    found = ((row.conversation_id, excerpt(query, row.messages)) for row in held.iterator(chunk_size=20))
    return {pk: part for pk, part in found if part is not None}


def excerpt(query: Query, messages: Sequence[Message]) -> Excerpt | None:
    """Return the words around the message that holds most of what is wanted; the earliest of several."""
    best, most = None, 0
    for index, text in enumerate(_searched(plain_text(message) for message in messages)):
        hits = sorted(places(query, text), key=lambda hit: hit[1])
        terms = len({number for number, _start, _end in hits})
        if terms > most:
            best, most = (index, text, [(start, end) for _number, start, end in hits]), terms
        if most == len(query.wanted):
            break
    if best is None:
        return None
    index, text, ranges = best
    part, inside = _cut(text, ranges)
    return Excerpt(index, speaker_of(messages[index], text), part, inside)


def with_hits(query: Query, rows: Sequence[MessageRow]) -> list[MessageRow]:
    """Return the rows of a transcript with the places where something wanted stands."""
    if not query.wanted:
        return list(rows)
    marks = [
        tuple(sorted({(start, end) for _number, start, end in places(query, text)}))
        for text in _searched(row.text for row in rows)
    ]
    return [replace(row, hits=hits) for row, hits in zip(rows, marks, strict=False)] + list(rows[len(marks) :])


def _searched(texts: Iterable[str]) -> Iterable[str]:
    """Yield the texts as far as they are in the index."""
    room = LONGEST_TEXT
    for text in texts:
        if room <= 0:
            return
        yield text
        room -= len(text)


def _cut(text: str, ranges: Sequence[Range]) -> tuple[str, tuple[Range, ...]]:
    """Cut the text around its first hit at the spaces nearby, on one line."""
    first = ranges[0][0]
    begin = _after_space(text, max(0, first - BEFORE), first)
    end = min(len(text), begin + LENGTH)
    lead, tail = "… " if begin else "", " …" if end < len(text) else ""
    if tail and (space := text.rfind(" ", max(first + 1, end - BEFORE // 2), end)) > 0:
        end = space
    shift = len(lead) - begin
    inside = tuple((start + shift, min(stop, end) + shift) for start, stop in ranges if begin <= start < end)
    return lead + text[begin:end].translate(_ONE_LINE) + tail, inside


_ONE_LINE = str.maketrans("\n\r\t\v\f", "     ")


def _after_space(text: str, begin: int, latest: int) -> int:
    """Return the beginning of the next word, unless none begins before the hit."""
    if begin == 0:
        return 0
    space = text.find(" ", begin, latest)
    return space + 1 if space >= 0 else begin
