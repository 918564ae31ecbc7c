"""Turn the rows of one conversation into the product's own record, with the checks that every record goes through."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from conversations.formats import jsonl
from conversations.formats.outcomes import Unreadable
from conversations.formats.table import mapping as mappings
from conversations.formats.table import speech, times, words
from conversations.formats.table.fields import plain
from conversations.formats.table.mapping import Mapping
from conversations.formats.table.rows import Row
from conversations.records import Record

_OF_MESSAGE = re.compile(r"^messages\[(?P<place>\d+)\](?:\.(?P<field>.*))?$")
_TAGS = re.compile(r"[,;|]")
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Built:
    """One conversation of a table. `repeated` counts rows that said again what another one had said."""

    record: Record
    repaired: bool
    repeated: int


class Builder:
    """Build records from rows by one mapping."""

    def __init__(self, mapping: Mapping, *, latest: datetime) -> None:
        self.mapping = mapping
        self.latest = latest
        self.zone = mappings.zone_of(mapping)
        self.places = {field: place for field in mapping.columns if (place := mapping.place(field)) is not None}
        self.kept = [(name, mapping.layout.header.index(name)) for name in mapping.metadata]
        self.told = {
            str(field): {word if word == "*" else plain(word): meaning for word, meaning in told.items()}
            for field, told in mapping.words.items()
        }

    def build(self, rows: Sequence[Row]) -> Built:
        """Return the record of the rows of one conversation. Raises Unreadable with column and line."""
        for row in rows:
            if row.problem:
                raise Unreadable(_at(row, rows, row.problem))
        once, repeated = self._once(rows)
        document = self._conversation(once)
        try:
            document["messages"] = self._messages(once, document)
            data = msgspec.json.encode(document)
            record, repaired = jsonl.parse(data, latest=self.latest)
        except Unreadable as problem:
            raise self._located(problem, once) from problem
        return Built(record, repaired or any(row.repaired for row in rows), repeated)

    def cell(self, row: Row, field: str) -> str:
        """Return what a row says of a field; empty when nothing."""
        place = self.places.get(field)
        return "" if place is None else row.cells[place].strip()

    def _once(self, rows: Sequence[Row]) -> tuple[list[Row], int]:
        """Leave out rows that come again: by the message's number, else when every cell is the same to the second.

        Of two rows with one number the later one counts: it is the edited message.
        """
        if self.mapping.per != "message":
            return list(rows), 0
        kept: dict[object, Row] = {}
        for number, row in enumerate(rows):
            key: object = number
            if message := self.cell(row, "message.id"):
                key = message
            elif self.cell(row, "sent_at").count(":") >= 2:
                key = tuple(row.cells)
            kept[key] = row
        return self._sorted(list(kept.values())), len(rows) - len(kept)

    def _sorted(self, rows: list[Row]) -> list[Row]:
        if self.mapping.sorting == "reversed":
            return rows[::-1]
        if self.mapping.sorting == "time":
            moments: list[tuple[float, int]] = []
            last = 0.0
            for place, row in enumerate(rows):
                moment = times.parse(self.cell(row, "sent_at"), order=self.mapping.dates, zone=self.zone)
                last = moment.timestamp() if moment else last
                moments.append((last, place))
            return [rows[place] for _, place in sorted(moments)]
        return rows

    def _conversation(self, rows: Sequence[Row]) -> Document:
        """Return all but the messages: of each field the first row that says something."""
        document: Document = {"external_id": self._first(rows, "external_id"), "channel": self.mapping.channel or None}
        if channel := self._first(rows, "channel"):
            document["channel"] = self._meaning("channel", channel)
        for name in ("subject", "language"):
            document[name] = self._first(rows, name) or None
        for name in ("started_at", "ended_at"):
            if text := self._first(rows, name):
                document[name] = self._time(text, name)
        for side in ("agent", "customer"):
            person = {key: self._first(rows, f"{side}.{key}") for key in ("external_id", "name")}
            document[side] = {key: value for key, value in person.items() if value} or None
        document["tags"] = self._tags(rows)
        if rating := self._first(rows, "csat"):
            document["csat"] = self._number(rating)
        kept = ((name, next((row.cells[place] for row in rows if row.cells[place]), "")) for name, place in self.kept)
        document["metadata"] = {name: text for name, text in kept if text}
        return document

    def _messages(self, rows: Sequence[Row], document: Document) -> list[Document]:
        if self.mapping.per == "message":
            return [self._message(row, place, document) for place, row in enumerate(rows)]
        row = rows[0]
        if transcript := self.cell(row, "transcript"):
            return speech.messages(
                transcript,
                told=self.told.get("role", {}),
                speaker=lambda name: self._speaker(name, document),
                moment=self._moment,
            )
        text, html = self.cell(row, "text"), self.cell(row, "html")
        if not text and not html:
            raise Unreadable("is empty, so there is nothing to review", path="transcript")
        sent_at, author = document.get("started_at"), _known_as("customer", document)
        return [{"role": "customer", "author": author, "sent_at": sent_at, "text": text, "html": html or None}]

    def _message(self, row: Row, place: int, document: Document) -> Document:
        path = f"messages[{place}]"
        author = self.cell(row, "author")
        role = self._role(row, author, document, path)
        message: Document = {"role": role, "author": author or _known_as(role, document)}
        if text := self.cell(row, "sent_at"):
            message["sent_at"] = self._time(text, f"{path}.sent_at")
        column = self.places.get("text")
        message["text"] = "" if column is None else row.cells[column]
        if html := self.cell(row, "html"):
            message["html"] = html
        if word := self.cell(row, "kind"):
            message["kind"] = self._meaning("kind", word, path=f"{path}.kind")
        if self._flag(row, "internal", path) is True or self._flag(row, "public", path) is False:
            message["kind"] = "note"
        return message

    def _role(self, row: Row, author: str, document: Document, path: str) -> str:
        if "role" in self.places:
            word = self.cell(row, "role")
            if not word:
                raise Unreadable("is empty", path=f"{path}.role")
            return self._meaning("role", word, path=f"{path}.role")
        role, _ = self._speaker(author, document)
        if not role:
            raise Unreadable(f"“{author[:60]}” is neither the agent nor the customer", path=f"{path}.author")
        return role

    def _speaker(self, name: str, document: Document) -> tuple[str, str]:
        """Return the role of somebody who is named, and how the person is known.

        Agent and customer are known by name or number; “Customer” alone is whoever the customer is.
        """
        for side in ("agent", "customer"):
            person = document.get(side) or {}
            if plain(name) in {plain(value) for value in person.values()}:
                return side, _known_as(side, document) or name
        told = self.told.get("role", {})
        if role := words.meaning("role", name, {key: value for key, value in told.items() if key != "*"}):
            return role, _known_as(role, document) or name
        # “Agent Leila”, “Visitor 4711”.
        return words.meaning("role", name.partition(" ")[0], told), name

    def _meaning(self, field: str, word: str, *, path: str = "") -> str:
        found = words.meaning(field, word, self.told.get(field, {}))
        if not found:
            choices = ", ".join(words.KNOWN[field][1])
            raise Unreadable(f"“{word[:60]}” is none of {choices}; say what it stands for", path=path or field)
        return found

    def _moment(self, text: str) -> str | None:
        found = times.parse(text, order=self.mapping.dates, zone=self.zone)
        return found.isoformat() if found else None

    def _time(self, text: str, path: str) -> str:
        found = self._moment(text)
        if found is None:
            order = "day before month" if self.mapping.dates == "day-first" else "month before day"
            raise Unreadable(f"“{text[:60]}” is not a time ({order})", path=path)
        return found

    def _tags(self, rows: Sequence[Row]) -> list[str]:
        found = (part.strip(" []\"'") for row in rows for part in _TAGS.split(self.cell(row, "tags")))
        return list(dict.fromkeys(part for part in found if part))

    def _number(self, text: str) -> float:
        try:
            number = float(text.replace(",", ".").removesuffix("%"))
        except ValueError:
            raise Unreadable(f"“{text[:60]}” is not a number", path="csat") from None
        if number != number or number in (float("inf"), float("-inf")):
            raise Unreadable(f"“{text[:60]}” is not a number", path="csat")
        return number

    def _flag(self, row: Row, field: str, path: str) -> bool | None:
        text = self.cell(row, field)
        if not text:
            return None
        found = words.yes(text)
        if found is None:
            raise Unreadable(f"“{text[:60]}” is neither yes nor no", path=f"{path}.{field}")
        return found

    def _first(self, rows: Sequence[Row], field: str) -> str:
        if field not in self.places:
            return ""
        return next((text for row in rows if (text := self.cell(row, field))), "")

    def _located(self, problem: Unreadable, rows: Sequence[Row]) -> Unreadable:
        """Name column and line where the checks name a field and the number of a message."""
        match = _OF_MESSAGE.match(problem.path)
        row, field = rows[0], problem.path
        if match and self.mapping.per == "message" and int(match["place"]) < len(rows):
            row, field = rows[int(match["place"])], match["field"] or ""
        column = self.mapping.columns.get(field) or (self.mapping.columns.get("transcript") if match else None)
        return Unreadable(_at(row, rows, problem.reason), path=column or problem.path)


def _known_as(role: str, document: Document) -> str | None:
    """Return how the conversation's agent or customer is known."""
    person = document.get(role) or {}
    return person.get("external_id") or person.get("name")


def _at(row: Row, rows: Sequence[Row], reason: str) -> str:
    return reason if len(rows) == 1 else f"line {row.line}: {reason}"
