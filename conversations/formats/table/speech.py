"""Read what a single cell holds of a conversation: a list of messages as JSON, or lines with a name before a colon."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from conversations.formats.outcomes import Unreadable
from conversations.formats.table import words

# (10:02:33 AM) Visitor 9: Hi   |   [2026-01-05 09:00] Agent Leila: Hello   |   Kunde: Guten Tag
_LINE = re.compile(
    r"^\s*(?:[\[(](?P<time>[^\])]{4,40})[\])]|(?P<bare>\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?Z?))?\s*[-–]?\s*"
    r"(?P<name>[^:\n]{1,80}?)\s*:(?:\s+|$)(?P<text>.*)$"
)
_NOTICE = re.compile(r"^\s*(?:[\[(](?P<time>[^\])]{4,40})[\])])?\s*\*\*\*\s*(?P<text>.+?)\s*(?:\*\*\*)?\s*$")
_KEYS = {
    "role": ("role", "author_type", "sender_type", "type", "from", "sender", "speaker"),
    "author": ("author", "author_id", "name", "sender_name", "user", "speaker"),
    "sent_at": ("sent_at", "created_at", "timestamp", "time", "date", "ts"),
    "text": ("text", "body", "message", "content", "msg", "utterance"),
    "html": ("html", "html_body"),
}

# A name's role and how the person is known; no role when nobody knows.
Speaker = Callable[[str], tuple[str, str]]
Moment = Callable[[str], str | None]


def messages(cell: str, *, told: Mapping[str, str], speaker: Speaker, moment: Moment) -> list[dict[str, Any]]:
    """Return the messages of a transcript. `speaker` gives a name's role, `moment` a time as RFC 3339 or nothing."""
    if cell.lstrip()[:1] in {"[", "{"} and (listed := _as_list(cell)) is not None:
        return [_from_object(item, place, told, moment) for place, item in enumerate(listed)]
    return _from_lines(cell, speaker, moment)


def _as_list(cell: str) -> list[Any] | None:
    try:
        value = msgspec.json.decode(cell)
    except (msgspec.DecodeError, RecursionError):
        return None
    if isinstance(value, dict):
        value = value.get("messages")
    return value if isinstance(value, list) and all(isinstance(item, dict) for item in value) else None


def _from_object(item: dict[str, Any], place: int, told: Mapping[str, str], moment: Moment) -> dict[str, Any]:
    found = {name: value for name, keys in _KEYS.items() if (value := _value(item, keys)) is not None}
    role = words.meaning("role", str(found.get("role", "")), told)
    if not role:
        raise Unreadable(_unknown_role(str(found.get("role", ""))), path=f"messages[{place}].role")
    sent_at = found.get("sent_at")
    if sent_at is not None:
        found["sent_at"] = moment(str(sent_at))
        if found["sent_at"] is None:
            raise Unreadable(f"“{str(sent_at)[:60]}” is not a time", path=f"messages[{place}].sent_at")
    kept: dict[str, Any] = {name: item[name] for name in ("kind", "internal", "attachments") if name in item}
    return {**found, **kept, "role": role}


def _value(item: dict[str, Any], keys: tuple[str, ...]) -> Any:
    value = next((item[key] for key in keys if item.get(key) not in (None, "")), None)
    return value.get("name") or value.get("id") if isinstance(value, dict) else value


def _from_lines(cell: str, speaker: Speaker, moment: Moment) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for line in cell.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if notice := _NOTICE.match(line):
            found.append(_spoken("system", "", notice["text"], notice["time"], moment) | {"kind": "event"})
        elif (spoken := _LINE.match(line)) and (who := speaker(spoken["name"].strip()))[0]:
            time = spoken["time"] or spoken["bare"]
            found.append(_spoken(*who, spoken["text"], time, moment))
        elif found:
            found[-1]["text"] += f"\n{line}"
        elif line.strip():
            name = spoken["name"].strip()[:60] if spoken else ""
            raise Unreadable(
                f"“{name}” is neither the agent nor the customer; say who that is under Roles" if name
                else "should begin with a name and a colon, such as “Customer: Hi”"
            )  # fmt: skip
    for message in found:
        message["text"] = message["text"].strip("\n")
    return found


def _spoken(role: str, author: str, text: str, time: str | None, moment: Moment) -> dict[str, Any]:
    sent_at = moment(time) if time else None
    return {"role": role, "author": author, "text": text, "sent_at": sent_at}


def _unknown_role(word: str) -> str:
    return f"nobody has said who “{word[:60]}” is" if word else "is missing"
