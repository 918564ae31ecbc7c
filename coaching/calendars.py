"""A session as a calendar file (RFC 5545). Pure: it names the skill and the place, never what is said or noted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

OCTETS = 75


@dataclass(frozen=True, slots=True)
class Appointment:
    """What a calendar shows."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    minutes: int
    summary: str
    description: str
    place: str
    is_cancelled: bool = False


def calendar_file(*appointments: Appointment, name: str = "") -> bytes:
    """Return the file: lines end with CR LF and are folded at 75 octets. `name` is what calendars call a feed."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//QA Portal//Coaching//EN", "CALSCALE:GREGORIAN"]
    lines += [f"X-WR-CALNAME:{_text(name)}"] if name else []
    for one in appointments:
        lines += _event(one)
    lines.append("END:VCALENDAR")
    return b"".join(part + b"\r\n" for line in lines for part in _folded(line))


def _event(one: Appointment) -> list[str]:
    ends_at = one.starts_at + timedelta(minutes=one.minutes)
    return [
        "BEGIN:VEVENT", f"UID:{one.uid}", f"SEQUENCE:{one.sequence}", f"DTSTAMP:{_moment(one.changed_at)}",
        f"DTSTART:{_moment(one.starts_at)}", f"DTEND:{_moment(ends_at)}", f"SUMMARY:{_text(one.summary)}",
        f"DESCRIPTION:{_text(one.description)}", f"LOCATION:{_text(one.place)}",
        f"STATUS:{'CANCELLED' if one.is_cancelled else 'CONFIRMED'}", "END:VEVENT",
    ]  # fmt: skip


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    """Escape what would end a value; a control character has no place in one."""
    escaped = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    escaped = escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(letter for letter in escaped if letter.isprintable())


def _folded(line: str) -> Iterator[bytes]:
    """Cut a line between characters, never inside one; what follows begins with a space."""
    part = b""
    for letter in line:
        octets = letter.encode()
        if len(part) + len(octets) > OCTETS:
            yield part
            part = b" "
        part += octets
    yield part
