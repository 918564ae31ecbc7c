"""Guess how a table is written: its encoding, its separator, its header. Everything guessed can be said otherwise."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from itertools import islice
from typing import Literal

import msgspec

from conversations.formats.outcomes import Unreadable

Encoding = Literal["utf-8", "utf-16-le", "utf-16-be", "cp1252"]
ENCODINGS: tuple[Encoding, ...] = ("utf-8", "cp1252", "utf-16-le", "utf-16-be")
DELIMITERS = (",", ";", "\t", "|")
# No export has more; a binary file read as a table has.
COLUMN_LIMIT = 500
NAME_LIMIT = 200
_SEPARATOR_LINE = re.compile(r'^"?sep=(?P<delimiter>[,;\t|])"?\r?\n', re.IGNORECASE)
_MARKS: tuple[tuple[bytes, Encoding], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """How the rows of one file are written. Rows start at a line and a byte of the file as UTF-8 or as it is."""

    encoding: Encoding
    delimiter: str
    header: list[str]
    line: int
    byte: int
    # Old Macintosh line ends: a carriage return alone.
    bare_returns: bool = False

    @property
    def is_recoded(self) -> bool:
        """Say whether the bytes are turned into UTF-8 before they are cut into lines."""
        return self.encoding.startswith("utf-16") or self.bare_returns


def guess(head: bytes, *, encoding: str = "", delimiter: str = "") -> Layout:
    """Return the layout that the first bytes of an unpacked file show. Raises Unreadable."""
    found = _known(encoding) or guess_encoding(head)
    text = decoded(head, found)
    bare = "\n" not in text and "\r" in text
    if bare:
        text = text.replace("\r", "\n")
    skipped = 0
    separator = _SEPARATOR_LINE.match(text)
    if separator:
        skipped = separator.end()
        delimiter = delimiter or separator["delimiter"]
    used = delimiter if delimiter in DELIMITERS else guess_delimiter(text[skipped:])
    names, end = _header(text, skipped, used)
    before = text[:end]
    is_one_byte_each = found == "cp1252" and not bare
    size = len(before) if is_one_byte_each else len(before.encode("utf-8", "surrogateescape"))
    mark = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) and found == "utf-8" else 0
    return Layout(
        encoding=found,
        delimiter=used,
        header=names,
        line=1 + before.count("\n"),
        byte=size + mark,
        bare_returns=bare,
    )


def guess_encoding(head: bytes) -> Encoding:
    """Return the encoding by its mark, by the zeros of UTF-16, or by whether it is valid UTF-8."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    sample = head[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    # Latin letters fill one byte of two; a program or a picture is full of zeros everywhere.
    if odd > len(sample) * 0.3 and even < len(sample) * 0.05:
        return "utf-16-le"
    if even > len(sample) * 0.3 and odd < len(sample) * 0.05:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def guess_delimiter(text: str) -> str:
    """Return the separator that cuts most of the first rows into the same number of cells, more than one."""
    scores = {delimiter: _score(text, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0, 0) else ","


def decoded(head: bytes, encoding: Encoding) -> str:
    """Return the text of a head that may end in the middle of a character. Bad bytes stay as lone surrogates."""
    for mark, _encoding in _MARKS:
        if head.startswith(mark) and _encoding == encoding:
            head = head.removeprefix(mark)
    errors = "surrogateescape" if encoding == "utf-8" else "replace"
    return codecs.getincrementaldecoder(encoding)(errors).decode(head)


def _known(encoding: str) -> Encoding | None:
    return next((known for known in ENCODINGS if known == encoding), None)


def _score(text: str, delimiter: str) -> tuple[float, int]:
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 60))
    except csv.Error:
        return 0, 0
    # The last one may have been cut off with the sample.
    rows = [row for row in rows[:-1] or rows if any(row)]
    widths = Counter(len(row) for row in rows)
    if not rows or len(rows[0]) < 2:
        return 0, 0
    return widths[len(rows[0])] / len(rows), len(rows[0])


def _header(text: str, start: int, delimiter: str) -> tuple[list[str], int]:
    """Return the names of the columns and where the rows begin: the first row that is not blank names them."""
    end = start
    feed = io.StringIO(text[start:], newline="")
    reader = csv.reader(iter(feed.readline, ""), delimiter=delimiter)
    try:
        for row in reader:
            end = start + feed.tell()
            if any(cell.strip() for cell in row):
                return _names(row), end
    except csv.Error as error:
        raise Unreadable("The first row, which should name the columns, cannot be read.") from error
    raise Unreadable("The file holds no row that names the columns.")


def _names(row: list[str]) -> list[str]:
    if len(row) > COLUMN_LIMIT:
        raise Unreadable(f"The first row names more than {COLUMN_LIMIT} columns, so this is no table of conversations.")
    names: list[str] = []
    for place, cell in enumerate(row, start=1):
        plain = " ".join(cell.encode("utf-8", "replace").decode().replace("\0", "").split())[:NAME_LIMIT]
        name = plain or f"Column {place}"
        again = 2
        while name in names:
            name, again = f"{plain or f'Column {place}'} ({again})", again + 1
        names.append(name)
    return names
