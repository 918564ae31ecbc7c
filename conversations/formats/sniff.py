"""Tell by its first bytes what a file is; its name is only asked where the bytes say nothing."""

from __future__ import annotations

import zlib
from typing import BinaryIO, Literal

from conversations.formats.lines import head_of, why_torn
from conversations.formats.outcomes import Unreadable
from conversations.formats.table import layout

HEAD = 4 * 1024 * 1024
FileKind = Literal["jsonl", "table"]
_TABLES = (".csv", ".tsv", ".tab", ".txt", ".csv.gz", ".tsv.gz")
_STRANGERS = (
    (b"%PDF", "This is a PDF. Export the conversations as CSV or JSON Lines."),
    (b"PK\x03\x04", "This is a ZIP archive or a spreadsheet. Unpack it, or save the sheet as CSV."),
    (b"\xd0\xcf\x11\xe0", "This is an old Office file. Save the sheet as CSV."),
    (b"\x89PNG", "This is a picture."),
    (b"\xff\xd8\xff", "This is a picture."),
    (b"GIF8", "This is a picture."),
    (b"SQLite format 3", "This is a database. Export the conversations as CSV or JSON Lines."),
    (b"\x28\xb5\x2f\xfd", "This file is packed with Zstandard. Unpack it, or pack it with gzip."),
    (b"BZh", "This file is packed with bzip2. Unpack it, or pack it with gzip."),
    (b"\xfd7zXZ", "This file is packed with xz. Unpack it, or pack it with gzip."),
    (b"7z\xbc\xaf", "This is a 7-Zip archive. Unpack it, or pack it with gzip."),
)
# Control characters that no text holds many of. Tabs and line ends are text, and 1 and 28 to 31 may part columns.
_NO_TEXT = bytes((0, *range(2, 9), *range(14, 28)))


def head(file: BinaryIO) -> bytes:
    """Return the first unpacked bytes of a file. Raises Unreadable when there are none that could be read."""
    try:
        found = head_of(file, HEAD)
    except (EOFError, OSError, zlib.error) as error:
        found = _before_the_break(file)
        if not found:
            raise Unreadable(f"{why_torn(error)}.") from error
    if not found:
        raise Unreadable("This file is empty.")
    return found


def kind_of(found: bytes, name: str) -> FileKind:
    """Return how a file is to be read. Raises Unreadable when it is something else altogether."""
    for magic, sentence in _STRANGERS:
        if found.startswith(magic):
            raise Unreadable(sentence)
    start = found[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        if not found.strip():
            raise Unreadable("This file holds nothing but blank lines.")
        return "jsonl"
    if start[:1] in b"{[":
        return "jsonl"
    encoding = layout.guess_encoding(found)
    if not encoding.startswith("utf-16") and (len(start) - len(start.translate(None, _NO_TEXT))) * 20 > len(start):
        raise Unreadable("This file holds no text. Export the conversations as CSV or JSON Lines.")
    return "table" if name.lower().endswith(_TABLES) or _has_columns(found, encoding) else "jsonl"


def _has_columns(found: bytes, encoding: layout.Encoding) -> bool:
    """Say whether a text is cut into columns: a name that says nothing must not decide."""
    text = layout.decoded(found[: 256 * 1024], encoding)
    first = next((line for line in text.splitlines() if line.strip()), "")
    return "{" not in first and len(first.split(layout.guess_delimiter(text))) > 1


def _before_the_break(file: BinaryIO) -> bytes:
    """Return what can be unpacked of a file that breaks off."""
    start = file.tell()
    unpacker = zlib.decompressobj(wbits=31)
    try:
        return unpacker.decompress(file.read(HEAD), HEAD)
    except zlib.error:
        return b""
    finally:
        file.seek(start)
