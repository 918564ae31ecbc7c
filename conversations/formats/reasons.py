"""Turn the decoder's error into a path and a sentence that somebody can act on."""

from __future__ import annotations

import re

import msgspec

from conversations.formats.outcomes import Unreadable
from conversations.formats.records import CHANNELS, KINDS, ROLES

_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<path>.*)`)?$", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<field>\w+)`")
_EXPECTED = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<got>[^`]+)`")
_LENGTH = re.compile(r"Expected `\w+` of length <= (?P<limit>\d+)")
_BOUND = re.compile(r"Expected `\w+` (?P<sign>[<>]=) (?P<limit>[\d.]+)")
_BYTE = re.compile(r"malformed: (?P<what>.+) \(byte (?P<byte>\d+)\)")
_ENUM = re.compile(r"Invalid enum value '(?P<value>.*)'", re.DOTALL)
_CHOICES = {"role": ROLES, "channel": CHANNELS, "kind": KINDS}
_WORDS = {
    "str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "array": "a list",
    "object": "an object", "null": "null", "datetime": "a time like 2026-01-31T14:05:00Z",
}  # fmt: skip


def explain(error: Exception, data: bytes) -> Unreadable:
    """Return the reason that belongs to what the decoder raised for this line."""
    if isinstance(error, msgspec.ValidationError):
        return _not_an_object(data) if data[:1] != b"{" else _invalid(str(error))
    if isinstance(error, RecursionError):
        return Unreadable("The line is nested too deeply to be read.")
    if isinstance(error, UnicodeDecodeError):
        return _not_utf8(data)
    return _malformed(str(error), data)


def _invalid(message: str) -> Unreadable:
    parts = _AT.match(message)
    assert parts is not None  # the pattern matches every text
    path = parts["path"] or ""
    missing = _MISSING.match(parts["what"])
    if missing:
        return Unreadable("is missing", path=f"{path}.{missing['field']}".lstrip("."))
    return Unreadable(_sentence(parts["what"], path), path=path)


def _sentence(what: str, path: str) -> str:
    """Say in plain words what is wrong with one value."""
    if match := _EXPECTED.match(what):
        return f"should be {_in_words(match['wanted'])}, but is {_in_words(match['got'])}"
    if match := _ENUM.match(what):
        choices = _CHOICES.get(path.rsplit(".", 1)[-1], ())
        return f"“{match['value'][:60]}” is not one of {', '.join(choices)}"
    if match := _LENGTH.match(what):
        return f"is longer than {match['limit']} characters"
    if match := _BOUND.match(what):
        return f"is {'above' if match['sign'] == '<=' else 'below'} {float(match['limit']):g}"
    if "timezone component" in what:
        return "has no time zone; end it with Z or an offset like +01:00"
    if "RFC3339" in what:
        return "is not a time like 2026-01-31T14:05:00Z"
    return "is a number that is too large" if "out of range" in what else what


def _in_words(types: str) -> str:
    names = [_WORDS.get(name.strip(), name.strip()) for name in types.split("|")]
    if len(names) > 1 and names[-1] == "null":
        names.pop()
    return " or ".join(reversed(names)) if names == ["a whole number", "text"] else " or ".join(names)


def _not_utf8(data: bytes) -> Unreadable:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return Unreadable(f"The line is not valid UTF-8 at its byte {error.start + 1}.")
    return Unreadable("The line is not valid UTF-8.")


def _malformed(message: str, data: bytes) -> Unreadable:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return Unreadable("The file is UTF-16. Save it as UTF-8.")
    if data[:1] != b"{":
        return _not_an_object(data)
    if "truncated" in message:
        return Unreadable("The line ends in the middle of the JSON.")
    match = _BYTE.search(message)
    if match is None:
        return Unreadable("The line is not valid JSON.")
    return Unreadable(f"The line is not valid JSON: {match['what']} at its byte {int(match['byte']) + 1}.")


def _not_an_object(data: bytes) -> Unreadable:
    if data[:1] == b"[":
        return Unreadable("The line starts a JSON list. Write one conversation a line (JSON Lines).")
    return Unreadable("The line is not a JSON object.")
